"""`Received:`, the postmarks of a letter: which host took it from whom, and when. RFC 5321 §4.4.

Each host puts a line on top, so the road is read from the bottom up::

    Received: from mail.example.com ([128.10.12.4])        who gave it, and from which address
        by mail.ask.com with esmtps (Exim 4.98) id 1vN…    who took it, how, under which queue id
        for bob@ask.com; Mon, 02 Mar 2026 09:00:05 +0000   when, by the clock of *that* host

Two things to know. The clocks are the hosts' own: a hop can seem to have taken a negative time.
And only the lines that your own hosts wrote are proof: everything below them came with the letter,
and its sender could have typed it. `hops` cannot tell a lie from the truth, but it marks what does
not fit together, under `Hop.doubts`.

Try: ``print(Message(content).hops())``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .dates import DateError, parse_date
from .field import Field
from .header import Header
from .lexical import Misread, Scanner
from .show_hops import show_hops
from .shown import Shown

CLAUSES = ("from", "by", "via", "with", "id", "for")
_WORD = re.compile(r'(?:"(?:[^"\\]|\\.)*"|<[^<>\s]*>|\[[^\[\]\s]*\]|[^\x00-\x20\x7f();"<\[])+')
_HELO = re.compile(r"(?:^|\s)helo=([^\s()]+)")
_IP = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]+)\]", re.IGNORECASE)


@dataclass(frozen=True)
class Hop:
    """One `Received:` line; every word of it is ``""`` where the line does not say it.

    ``from_`` is the giver's name, ``helo`` the name that it gave in EHLO, ``address`` the IP
    address that the taker saw; Exim writes ``from [192.0.2.66] (helo=stranger.test)`` where it does
    not know more than EHLO said, and then both names are that. ``time`` is POSIX seconds, None if
    it cannot be read; ``delay`` the seconds since the hop before, negative where the clocks
    disagree, None where one time is missing. ``doubts`` are sentences.
    """

    number: int
    from_: str
    helo: str
    address: str
    by: str
    with_: str
    id: str
    for_: str
    time: float | None
    delay: float | None
    doubts: tuple[str, ...]
    field: Field

    def __str__(self) -> str:
        return f"{self.number}. {self.from_ or '?'} → {self.by or '?'}"


class Hops(tuple[Hop, ...]):
    """The hops of a letter, the oldest first. A tuple that can be shown as a table."""

    __slots__ = ()

    def show(self) -> Shown:
        return show_hops(self)

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def __str__(self) -> str:
        return str(self.show())

    __repr__ = __str__


def hops(header: Header) -> Hops:
    """All hops of a letter, oldest first. Malformed lines are hops too, and say what is wrong."""
    read = [
        _hop(number, field) for number, field in enumerate(reversed(header.every("Received")), 1)
    ]
    timed = [_delayed(hop, read[index - 1] if index else None) for index, hop in enumerate(read)]
    return Hops(_linked(timed))


def _hop(number: int, field: Field) -> Hop:
    value, doubts = field.value, list[str]()
    words, semicolon, date = value.rpartition(";")
    said, misread = _clauses(words if semicolon else value)
    doubts += [misread] if misread else []
    doubts += [] if said.get("by") else ['no "by": every host names itself']
    time = None
    try:
        time = parse_date(date if semicolon else "")
    except DateError as error:
        doubts.append(f"no date that can be read: {error}" if semicolon else "no date")
    return Hop(
        number=number,
        from_=_giver(said),
        helo=_helo(said) or said.get("from", ""),
        address=_address(said.get("comment", "")) or _address(said.get("from", "")),
        by=said.get("by", ""),
        with_=said.get("with", ""),
        id=said.get("id", ""),
        for_=said.get("for", "").strip("<>"),
        time=time,
        delay=None,
        doubts=tuple(doubts),
        field=field,
    )


def _clauses(text: str) -> tuple[dict[str, str], str]:
    """What each clause says, the comment after ``from`` (as ``comment``), and what went wrong."""
    scanner, said, current = Scanner(text), dict[str, str](), ""
    try:
        while True:
            comments = " ".join(scanner.skip())
            if current == "from" and said["from"] and comments:
                said.setdefault("comment", comments)
            if scanner.at_end():
                return said, ""
            word = scanner.match(_WORD)
            if word is None:
                raise scanner.fail("a word")
            if word.lower() in CLAUSES and word.lower() not in said:
                current = word.lower()
                said[current] = ""
            elif current and not said[current]:
                said[current] = word
    except Misread as misread:
        return said, f"cannot be read to its end: {misread}"


def _giver(said: dict[str, str]) -> str:
    name = said.get("from", "")
    return _helo(said) or name if name.startswith("[") else name


def _helo(said: dict[str, str]) -> str:
    match = _HELO.search(said.get("comment", ""))
    return match[1] if match else ""


def _address(text: str) -> str:
    """The first IP address in brackets, as RFC 5321 §4.4 writes TCP-info; else ``""``."""
    for match in _IP.finditer(text):
        try:
            return str(ipaddress.ip_address(match[1]))
        except ValueError:
            continue
    return ""


def _delayed(hop: Hop, before: Hop | None) -> Hop:
    if before is None or before.time is None or hop.time is None:
        return hop
    delay = hop.time - before.time
    doubts = hop.doubts
    if delay < 0:
        doubts = (*doubts, f"{-delay:,.0f} s before the hop below: one of the two clocks is wrong")
    return replace(hop, delay=delay, doubts=doubts)


def _linked(read: list[Hop]) -> Iterable[Hop]:
    """Marks where the chain breaks: the next host took the letter from somebody else.

    Below a break everything hangs in the air, so the doubt goes down to the oldest line.
    """
    broken, linked = False, list[Hop]()
    for index in range(len(read) - 1, -1, -1):
        hop, newer = read[index], read[index + 1] if index + 1 < len(read) else None
        doubt = _break(hop, newer) if newer else ""
        if not doubt and broken:
            doubt = "stands below a line that may be forged"
        broken = broken or bool(doubt)
        linked.append(replace(hop, doubts=(*hop.doubts, doubt)) if doubt else hop)
    return reversed(linked)


def _break(older: Hop, newer: Hop) -> str:
    givers = {name.lower().strip("[].") for name in (newer.from_, newer.helo, newer.address)}
    if not newer.from_ or not older.by or older.by.lower().strip("[].") in givers:
        return ""
    giver = f"{newer.from_} [{newer.address}]" if newer.address else newer.from_
    return f"the line above had the letter from {giver}, not from {older.by}: may be forged"
