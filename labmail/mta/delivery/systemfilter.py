"""The system filter: what the administrator asks of every letter before it is delivered.

A filter file that the option ``system_filter`` names runs at each attempt, once for the whole
letter. What it comes to is put beside, or in the place of, the letter's own recipients::

    nothing significant        the recipients are routed; copies that it set up go along
    something significant      the recipients are done with; only what it set up is delivered
    fail, defer, freeze        nobody gets it; its text is the reason

It may change the header, and that stays: it is done at the first attempt.

Law: Exim specification, chapter 46; "Exim's interfaces to mail filtering".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.errors import EximError
from labmail.exim.expansion.evaluator import expand
from labmail.exim.filters import SYSTEM, run_filter
from labmail.exim.filters import Letter as Asked
from labmail.exim.filters.deeds import Deed, Deliver, Headers, LogLine, Pipe, Reply, Save
from labmail.exim.filters.outcome import Outcome
from labmail.exim.routing.address import Address
from labmail.exim.routing.outcome import Defer, Fail
from labmail.exim.routing.people import Identity
from labmail.exim.text import Text
from labmail.message.field import Field

from ..letter import Letter
from ..orders import Orders

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context

FILTERED = "system_filtered"
"""A fact of the -H file: the header has been changed already."""


class Filtered(NamedTuple):
    """What the filter came to for a letter.

    ``answer`` settles all recipients; ``instead``: they are done with; ``new`` is delivered, too.
    """

    answer: Fail | Defer | None = None
    instead: bool = False
    new: tuple[Address, ...] = ()
    notes: tuple[str, ...] = ()
    """Lines for the log."""


NOTHING = Filtered()


async def system_filter(orders: Orders, letter: Letter, context: Context) -> Filtered:
    """Runs the system filter, if there is one. A file that cannot be read puts the letter off."""
    given = orders.main("system_filter")
    if given is None:
        return NOTHING
    try:
        path = (await expand(given, context)).text
        text = orders.tree.read_bytes(path).decode("latin-1")
        came = await run_filter(text, context, _asked(letter), SYSTEM)
    except (EximError, OSError) as problem:
        words = getattr(problem, "message", None) or f"{problem.strerror}"  # type: ignore[union-attr]
        return Filtered(Defer(f"failed to run the system filter: {words}"))
    if came.error:
        return Filtered(Defer(f"error in system filter: {came.error}", freeze=True))
    _change_header(letter, came)
    return _filtered(orders, came)


def _asked(letter: Letter) -> Asked:
    return Asked((), first_delivery=FILTERED not in letter.head.facts)


def _filtered(orders: Orders, came: Outcome) -> Filtered:
    """What its deeds mean for the recipients."""
    notes = tuple(deed.text for deed in came.deeds if isinstance(deed, LogLine))
    if came.forced is not None:
        verb, text = came.forced.verb, came.forced.text
        said = f"{VERBS[verb]} by the system filter{f': {text}' if text else ''}"
        if verb == "fail":
            return Filtered(Fail(text or said), notes=(*notes, said))
        return Filtered(Defer(text or said, freeze=verb == "freeze"), notes=(*notes, said))
    new = tuple(each for deed in came.deeds for each in _made(orders, deed))
    if came.significant:
        notes = (*notes, "original recipients ignored (system filter)")
    return Filtered(None, came.significant, new, notes)


VERBS = {"fail": "cancelled", "freeze": "frozen", "defer": "deferred"}


def _made(orders: Orders, deed: Deed) -> Sequence[Address]:
    """The address that a deed turns into."""
    if isinstance(deed, Deliver):
        text = deed.address if "@" in deed.address else f"{deed.address}@{orders.qualify_domain}"
        address = Address(Text(text))
        address.errors_to = deed.errors_to
    elif isinstance(deed, Save):
        folder = deed.path.endswith("/")
        address = _to(orders, deed.path, "directory" if folder else "file")
    elif isinstance(deed, Pipe):
        address = _to(orders, f"|{deed.command}", "pipe")
    elif isinstance(deed, Reply):
        address = _to(orders, f">{deed.to}", "reply")
    else:
        return ()
    address.deed, address.ignores_errors = deed, deed.noerror
    return (address,)


def _to(orders: Orders, text: str, kind: str) -> Address:
    """A file, a program or an answer, with the transport that an option names."""
    address = Address(Text(text), made=True)
    option = f"system_filter_{kind}_transport"
    name = orders.main(option)
    address.transport = orders.transport(str(name)) if name else None
    address.message = f"{option} is unset" if not name else f'transport "{name}" not found'
    address.user = Identity(orders.main("system_filter_user"), orders.main("system_filter_group"))
    return address


def _change_header(letter: Letter, came: Outcome) -> None:
    """Adds and removes header lines, once."""
    changes = [deed for deed in came.deeds if isinstance(deed, Headers)]
    if FILTERED in letter.head.facts:
        return
    letter.head.facts[FILTERED] = ""
    for change in changes:
        if change.what == "remove":
            names = {name.strip().lower() for name in change.text.split(":")}
            kept = [each for each in letter.fields if each.name.lower() not in names]
            letter.head.fields = tuple(kept)
        elif change.what == "add":
            raw = change.text.strip("\n").encode("latin-1").replace(b"\n", b"\r\n") + b"\r\n"
            letter.head.fields = (*letter.fields, Field(raw))
