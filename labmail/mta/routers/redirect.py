"""redirect: this address is really these other addresses.

Three uses, told apart by where the list comes from:

    file_of_aliases="/etc/aliases"      a key for each name: the system's aliases
    file="$home/.forward"               a whole file: a person's own forwarding
    data=…                              a list made by the configuration

The children go through all routers again, from the first. A router is not asked twice about an
address that it has itself turned into an ancestor, which ends every loop; with ``check_ancestor``
a child that is already among the ancestors becomes the address in hand, so that two .forwards that
name each other deliver instead of failing.

A list that cannot be understood defers: a slip in a file must not cost a letter.

Law: Exim specification, chapter 22.

Try: ``RedirectRouter(name="system_aliases", file_of_aliases="/etc/aliases", allow_fail=True)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from ..recipient import Recipient
from .base import Context, Router
from .lsearch import Value, parse_lsearch, whole_file
from .redirectlist import Item, RedirectError, parse_items
from .verdict import Answer, Decline, Defer, Discard, Fail, Redirect

DEEPEST_INCLUDE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectRouter(Router):
    file_of_aliases: str = ""
    """Exim says ``data = ${lookup{$local_part}lsearch{/etc/aliases}}``."""
    file: str = ""
    data: Callable[[Recipient, Context], str | None] | None = None
    allow_fail: bool = False
    allow_defer: bool = False
    check_ancestor: bool = False
    forbid_include: bool = False

    driver: ClassVar[str] = "redirect"

    async def route(self, recipient: Recipient, context: Context) -> Answer:
        try:
            value, absent = await self._value(recipient, context)
            if value is None:
                return Decline(absent)
            if value.text.lstrip().lower().startswith(("# exim filter", "# sieve filter")):
                return Defer("error in filter data: filtering not enabled")
            items = await self._included(parse_items(value), context, 0)
            return self._answer(items, recipient, context, value)
        except (RedirectError, OSError) as problem:
            return Defer(_told(problem))

    async def _value(self, recipient: Recipient, context: Context) -> tuple[Value | None, str]:
        """The list for this address; or None, and why there is none."""
        if self.file_of_aliases:
            table = await context.etc.read(self.file_of_aliases, parse_lsearch)
            name = recipient.local_part.lower()
            return table.get(name), f"{self.file_of_aliases} has no line for {name}"
        if self.file:
            home = context.person.home if context.person else ""
            path = self.file.replace("$home", home)
            try:
                return await context.etc.read(path, whole_file), ""
            except (FileNotFoundError, NotADirectoryError):
                return None, f"there is no {path}"
        text = self.data(recipient, context) if self.data else None
        return (None if text is None else whole_file(text, self.name)), "its data are empty"

    async def _included(
        self, items: tuple[Item, ...], context: Context, depth: int
    ) -> tuple[Item, ...]:
        """The items, with the members of included files in the place of ``:include:``."""
        whole: list[Item] = []
        for item in items:
            if item.kind != "include":
                whole.append(item)
                continue
            if self.forbid_include or depth >= DEEPEST_INCLUDE:
                raise RedirectError("included files are not permitted here", item.place)
            try:
                members = await context.etc.read(item.text, whole_file)
            except OSError as error:
                problem = f"failed to open included file {item.text}: {error.strerror}"
                raise RedirectError(problem, item.place) from None
            whole += await self._included(parse_items(members), context, depth + 1)
        return tuple(whole)

    def _answer(
        self, items: tuple[Item, ...], recipient: Recipient, context: Context, value: Value
    ) -> Answer:
        source = f"{value.file}, line {value.line}" if self.file_of_aliases else value.file
        for item in items:
            if item.kind == "unknown":
                return Decline(f"{source} says :unknown:")
            if item.kind in ("pipe", "file"):
                return Defer(f"{item.kind}_transport unset in {self.name} router")
            if item.kind in ("fail", "defer"):
                return self._refusal(item, source)
        children = tuple(
            self._child(item.text, recipient, context) for item in items if item.kind == "address"
        )
        if children:
            return Redirect(tuple(dict.fromkeys(children)), f"{source} names them")
        if items:
            return Discard(f"{source} says :blackhole:")
        return Decline(f"{source} is empty")

    def _refusal(self, item: Item, source: str) -> Answer:
        why = f"{source} says :{item.kind}:"
        if not (self.allow_fail if item.kind == "fail" else self.allow_defer):
            raise RedirectError(f":{item.kind}: is not allowed in {self.name}", item.place)
        if item.kind == "fail":
            return Fail(item.text, why)
        return Defer(item.text, public=True, why=why)

    def _child(self, text: str, recipient: Recipient, context: Context) -> str:
        address = text if "@" in text else f"{text}@{context.qualify_domain}"
        if self.check_ancestor:
            key = Recipient(address).key
            if any(each.key == key for each in (recipient, *recipient.ancestors())):
                return recipient.address
        return address


def _told(problem: RedirectError | OSError) -> str:
    if isinstance(problem, OSError):
        return f"failed to open {problem.filename}: {problem.strerror}"
    return str(problem)
