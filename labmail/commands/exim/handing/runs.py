"""Queue runs: ``exim -q`` tries what waits, once, and ends.

    -q     every letter whose time has come        -R ann   letters to somebody with "ann" in it
    -qf    … and every other, but for frozen ones  -S bob   letters from such a sender
    -qff   … and frozen ones, which are thawed     -Rf -Rff -Rr   forced, thawed, a pattern

What a run makes itself, such as a bounce, is delivered with it, unless ``queue_only`` holds letters
back.

Law: Exim specification, §5.3 under -q, -R and -S.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from labmail.mta.queue.thawing import fate

from ..said import Said

if TYPE_CHECKING:
    from labmail.mta import Mta
    from labmail.mta.letter import Letter

    from ..arguments import Request
    from ..said import Who


async def run_queue(mta: Mta, request: Request, who: Who) -> Said:
    """Tries the letters that the request means, in their order."""
    run = request.run
    chosen = chooser(run.recipient, run.sender, run.pattern)
    office = mta.office
    told = f"pid={office.orders.machine.pid}{shown(run.flags, run)}"
    office.logs.main(f"Start queue run: {told}", when="queue_run")
    waiting = [each for each in mta.queue if chosen(each)]
    for letter in waiting:
        if letter.id not in mta.queue:
            continue
        if letter.frozen is not None and not await _thaw(mta, letter, run.flags.count("f") > 1):
            continue
        await deliver(mta, [letter], force="f" in run.flags)
    office.logs.main(f"End queue run: {told}", when="queue_run")
    return Said()


async def _thaw(mta: Mta, letter: Letter, forced: bool) -> bool:
    """Decides about a frozen letter; True: it is to be tried."""
    office = mta.office
    decided = fate(letter, office.now(), office.orders, forced=forced)
    office.logs.main(decided.line, letter.id, when=decided.when)
    if decided.thaws:
        letter.head.facts.pop("frozen", None)
    if decided.ends:
        await mta.queue.give_up(letter)
    return decided.thaws


def shown(flags: str, run: object) -> str:
    """The words of the command line, as the log shows them."""
    text = f" -q{flags}" if flags else ""
    for option, name in (("R", "recipient"), ("S", "sender")):
        if (value := getattr(run, name)) is not None:
            text += f" -{option}{'r' if getattr(run, 'pattern', '') == option else ''} {value}"
    return text


def chooser(
    recipient: str | None, sender: str | None, pattern: str = ""
) -> Callable[[Letter], bool]:
    """Whether a letter is meant: part of an address, in any case, or a pattern."""
    to = _fits(recipient, pattern == "R")
    by = _fits(sender, pattern == "S")
    return lambda letter: (
        (recipient is None or any(to(each.address) for each in letter.waiting))
        and (sender is None or by(letter.sender))
    )


def _fits(wanted: str | None, pattern: bool) -> Callable[[str], bool]:
    if wanted is None:
        return lambda text: True
    if pattern:
        found = re.compile(wanted, re.IGNORECASE)
        return lambda text: found.search(text) is not None
    return lambda text: wanted.lower() in text.lower()


async def deliver(mta: Mta, letters: Iterable[Letter], *, force: bool = False) -> None:
    """Tries letters, one after the other, and what comes of them."""
    queue = mta.queue
    for letter in letters:
        before = {each.id for each in queue}
        await queue.deliver(letter, force=force, thaw=True)
        new = [each for each in queue if each.id not in before]
        if new and not mta.orders.main("queue_only"):
            await deliver(mta, new)
