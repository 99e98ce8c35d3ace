"""queryprogram: a program is asked, and says in a line what becomes of the address.

    ACCEPT TRANSPORT=smtp HOSTS=192.0.2.1:192.0.2.2 LOOKUP=byname DATA="for $address_data"
    DECLINE    PASS    FAIL text    DEFER text    FREEZE text    REDIRECT list

The program is started without a shell, and none of its arguments may come from a stranger.

Law: Exim specification, chapter 21.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from labmail.exim.config.words import QUOTED, read_text
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.items.running import words
from labmail.exim.text import Text

from ..handing import find_transport, hand_on
from ..hostlist import Way, build, locate
from ..making import child
from ..outcome import Children, Decline, Defer, Fail, Outcome, Pass, Settled
from ..queueing import taken
from ..redirection.reading import Broken, Permits, Reading, Spoken, leniency

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.exim.config.people import Person

    from ..address import Address
    from ..desk import Desk

LONGEST = 1023
NOT_STARTED = 127
PAIR = re.compile(r"\s*([^=\s]+)=")


async def route(address: Address, router: Block, desk: Desk, person: Person | None) -> Outcome:
    await hand_on(desk, router, address)
    line = await _answer(desk, router)
    given, _, rest = line.strip().partition(" ")
    word, rest = given.upper(), rest.strip()
    if word == "FAIL":
        return Fail(rest, "the program says so")
    if word in ("DEFER", "FREEZE"):
        return Defer(rest, "the program says so", freeze=word == "FREEZE")
    if word == "PASS":
        return Pass("the program says so")
    if word == "DECLINE":
        return Decline("the program says so")
    if word == "REDIRECT":
        return await _redirected(desk, router, address, rest)
    if word != "ACCEPT":
        return _panic(desk, router, f"bad command yield: {given} {rest}")
    return await _accepted(desk, router, address, rest, person)


def _panic(desk: Desk, router: Block, text: str) -> Defer:
    desk.log(f"{router.name} router: {text}", "PANIC")
    return Defer(text)


async def _answer(desk: Desk, router: Block) -> str:
    """The first line that the program prints."""
    arguments = await _arguments(desk, router["command"])
    run = desk.context.run
    try:
        ran: Any = await run(arguments) if run is not None and arguments else None
    except OSError:
        ran = None
    status = NOT_STARTED if ran is None else ran.status
    if status > 0:
        text = f"{router.name} router: command returned non-zero code {status}"
        raise Settled(Defer(text))
    if status < 0:
        raise Settled(Defer(f"{router.name} router: command killed by signal {-status}"))
    if not ran.output:
        raise Settled(Defer(f"{router.name} router: command failed to return data"))
    line: str = ran.output[:LONGEST].decode("latin-1").partition("\n")[0]
    return line


async def _arguments(desk: Desk, command: str) -> list[str]:
    """The words of the command, each expanded by itself."""
    told: list[str] = []
    for place, word in enumerate(words(command)):
        try:
            text = await desk.expand(word)
        except (ExpansionFailed, Deferred) as failed:
            wrong = f'Expansion of "{word}" from command "{command}" in queryprogram router failed'
            raise Settled(Defer(f"{wrong}: {failed.message}", failed.help)) from None
        if text.tainted:
            wrong = f"Tainted arg {place} for queryprogram router command: '{text.text}'"
            raise Settled(Defer(wrong, "a stranger chose it"))
        told.append(text.text)
    return told


async def _accepted(
    desk: Desk, router: Block, address: Address, rest: str, person: Person | None
) -> Outcome:
    said = _pairs(rest)
    if said.get("data"):
        address.address_data = Text(said["data"])
    transport = None
    if said.get("transport"):
        transport = desk.transports.get(said["transport"])
        if transport is None:
            name = said["transport"]
            return _panic(desk, router, f"unknown transport name {name} yielded by command")
    else:
        transport = await find_transport(desk, router, "transport", "transport")
    if said.get("hosts"):
        by = said.get("lookup", "")
        if by not in ("", "byname", "bydns"):
            return _panic(desk, router, f'bad lookup type "{by}" yielded by command')
        address.hosts = build(said["hosts"])
        outcome = await locate(desk, router, address, Way(by), "freeze")
        if outcome is not None:
            return outcome
    return await taken(desk, router, address, transport, person, "the program says so")


def _pairs(text: str) -> dict[str, str]:
    """What stands behind ACCEPT.

    >>> _pairs('TRANSPORT=box DATA="a b"')
    {'transport': 'box', 'data': 'a b'}
    """
    said, at = {}, 0
    while found := PAIR.match(text, at):
        quoted = QUOTED.match(text, found.end())
        if quoted:
            value, at = read_text(quoted.group(), ""), quoted.end()
        else:
            value = text[found.end() :].partition(" ")[0]
            at = found.end() + len(value)
        said[found.group(1).lower()] = value
    return said


async def _redirected(desk: Desk, router: Block, address: Address, rest: str) -> Outcome:
    if not rest:
        return Defer("error in redirect data: no addresses supplied")
    permits = Permits(blackhole=False, include=False, lenient=leniency(desk.context.settings))
    reading = Reading(permits, desk.context.files)
    try:
        items = reading.read(Text(rest))
    except Broken as broken:
        return Defer(f"error in redirect data: {broken}")
    except Spoken as spoken:
        made = [await child(desk, router, address, item, None) for item in spoken.items]
        return Fail(spoken.text, "", made) if spoken.word == "fail" else Defer(spoken.text)
    return Children(
        [await child(desk, router, address, item, None) for item in items],
        "the program says so",
    )
