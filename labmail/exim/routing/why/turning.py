"""What it would take: for each answer on the walk, what would make it the other one.

    is the domain in `domains`?  no     far.test would have to be in +ours
    is bob a user here?          no     bob would have to be a user of this host
    does `condition` hold?       yes    "a" and "a" would have to differ …

A "no" tells how the router would come to be asked; a "yes" how it would let the address go. A named
list is told with the place where it is written, since that is where somebody will change it.

Law: Exim specification, chapter 15 (preconditions), §10.5 (lists); the words are ours.

Try: ``labmail explain bob@ask.com --router local_user``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from labmail.exim.config.split import split

from ..steps import FORCED, placed

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.expansion.explaining import Explanation
    from labmail.exim.expansion.explaining import Step as Evaluated
    from labmail.exim.expansion.lists import Match

    from ..desk import Desk


class Written(NamedTuple):
    """A line of the configuration that a sentence speaks of."""

    text: str
    file: str
    line: int
    origin: str = ""

    def __str__(self) -> str:
        return f"{self.text}  ({placed(self.file, self.line, self.origin)})"


class Turn(NamedTuple):
    """What would have to be otherwise, and the named lists that it speaks of."""

    text: str = ""
    lists: tuple[Written, ...] = ()


KINDS = {"domains": "domain", "local_parts": "localpart", "senders": "address"}
"""Options that are lists, and the kind of named list that may stand in them."""

WISHES = {
    "verify_only": "`verify_only` would have to be away, or the address be verified (-bv)",
    "address_test": "`no_address_test` would have to be away, or a letter be sent",
    "verify_sender": "`no_verify_sender` would have to be away",
    "verify_recipient": "`no_verify_recipient` would have to be away",
    "more": "`more` would have to be true",
    "repeat_use": "the address would have to come another way: this one came from itself",
    "set": "the variable would have to get a value",
    "address_data": "`address_data` would have to get a value",
}
"""Options of which there is only one thing to say."""
AGAINST = {"repeat_use": "yes", "verify_only": "yes", "set": FORCED, "address_data": FORCED}
"""The answer that keeps a router from being asked, where it is not "no"."""


def turn(desk: Desk, router: Block, option: str, answer: str, about: Any) -> Turn:
    """What would make the answer the other one. ``about`` is what the question was about: for a
    list who was looked for and the `Match`, for a condition its `Explanation`, else words."""
    if isinstance(about, Turn):
        return about
    held = answer == "yes"
    if option in KINDS and about is not None:
        subject, match = about
        return _listed(desk, option, str(router[option]), subject, match)
    if option == "condition" and about is not None:
        return Turn(f"`condition` would have to come to {'no' if held else 'yes'}{because(about)}")
    if option == "check_local_user":
        return Turn(_user(about, held))
    if option == "require_files" and about is not None:
        path, absent = about
        return Turn(f"{path} would have to {'' if held == absent else 'not '}be there")
    if option.startswith("local_part_") and about is not None:
        return Turn(_affix(option, router[option], about))
    against = AGAINST.get(option, "no")
    return Turn(WISHES.get(option, "") if answer == against else "")


def _user(name: str, held: bool) -> str:
    if held:
        return f"{name} would have to be no user of this host"
    return f"{name} would have to be a user of this host: a line in /etc/passwd"


def _affix(option: str, listed: str, address: str) -> str:
    """An address that has what is wanted, as an example."""
    local, at, domain = address.rpartition("@")
    items = [item.replace("*", "x") for item in split(listed) if item]
    before = option.endswith("prefix")
    shown = " or ".join((item + local if before else local + item) + at + domain for item in items)
    return f"the address would have to be {shown}"


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def _listed(desk: Desk, option: str, listed: str, subject: str, match: Match) -> Turn:
    who = subject or "the sender, which is empty,"
    written = tuple(_lists(desk, KINDS[option], match.item or listed))
    if match.item:
        item = [match.item.lstrip("! \t")]
        return Turn(f"{who} would have to {_not_be(item)}", written)
    if "$" in listed:
        outside = "not " if match.matched else ""
        return Turn(f"{who} would have to {outside}match what `{option}` comes to", written)
    items = [item or "<>" for item in split(listed) if item or option == "senders"]
    if match.matched:  # nothing matched, and the last item is negative: all others are in
        wanted = [item.lstrip("! \t") for item in items]
    else:
        wanted = [item for item in items if not item.startswith("!")]
    return Turn(f"{who} would have to {_be(wanted)}", written)


def _be(items: list[str]) -> str:
    """
    >>> _be(["+ours"]), _be(["lab.test"]), _be(["*.test", "+ours"]), _be([])
    ('be in +ours', 'be lab.test', 'match one of: *.test, +ours', 'be in a list that is empty')
    """
    if not items:
        return "be in a list that is empty"
    if len(items) > 1:
        return f"match one of: {', '.join(items)}"
    return _one(items[0])


def _not_be(items: list[str]) -> str:
    """
    >>> _not_be(["+ours"]), _not_be(["*.test"])
    ('be out of +ours', 'not match *.test')
    """
    item = items[0] if items else ""
    return f"be out of {item}" if item.startswith("+") else f"not {_one(item)}"


def _one(item: str) -> str:
    if item.startswith("+"):
        return f"be in {item}"
    return f"be {item}" if re.fullmatch(r"[\w.-]+", item) else f"match {item}"


def _lists(desk: Desk, kind: str, listed: str, known: tuple[str, ...] = ()) -> Iterator[Written]:
    """The named lists in a list, and those inside them."""
    table = desk.configuration.named[kind]
    for item in split(listed):
        name = item.lstrip("! \t")[1:]
        if item.lstrip("! \t").startswith("+") and name in table and name not in known:
            found = table[name]
            shown = "(hidden)" if found.hidden else found.text
            origin = desk.origins.get((found.file, found.line), "")
            yield Written(f"{kind}list {name} = {shown}", found.file, found.line, origin)
            yield from _lists(desk, kind, found.text, (*known, name))


# ── strings ──────────────────────────────────────────────────────────────────────────────────────


def because(told: Explanation) -> str:
    """What inside a string was decisive, as the end of a sentence."""
    if told.failed and not told.forced:
        return f": it has no value: {told.failed}"
    found = list(dict.fromkeys(_decisive(told.step)))
    if found:
        return f": {'; '.join(found[:3])}"
    return f': it comes to "{told.value}"' if told.value is not None else ""


def _decides(step: Evaluated) -> bool:
    return step.kind.startswith("condition") or step.kind == "not"


def _decisive(step: Evaluated) -> Iterator[str]:
    """The comparisons and lookups that counted."""
    if not step.order:
        return
    if step.kind.startswith("lookup") and step.why:
        yield step.why
    below = [one for one in step.steps if one.order and _decides(one)]
    if _decides(step):
        if not below:
            yield f"{step.source}: {step.why}" if step.why else f"{step.source} is {step.value}"
            return
        counted = [one for one in below if one.value == step.value]
        for one in counted or below:
            yield from _decisive(one)
        return
    for one in step.steps:
        yield from _decisive(one)
