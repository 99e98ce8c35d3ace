"""``-M…``: something is done to letters that wait, by an administrator.

    -M    try it now             -Mf   freeze       -Mar   add recipients       -Mes  other sender
    -Mc   … if its time is due   -Mt   thaw         -Mmd   mark as delivered
    -Mg   give up: a bounce      -Mrm  remove       -Mmad  … all of them

Each says what came of it for each letter; the exit code is 1 if one of them was not done. A deed
for a letter that is being delivered is refused: it is locked.

Law: Exim specification, §5.3 (-M…).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from labmail.exim.expansion.addresses import BadAddress, extract
from labmail.mta.queue.byhand import ByHand

from ..said import Said

if TYPE_CHECKING:
    from labmail.mta import Mta
    from labmail.mta.letter import Letter

    from ..said import Who
    from ..wish import QueueWish

NO_DATA = "Spool data file for {} does not exist\n"
LOCKED = "Message {} is locked\n"
REMOVED_ALREADY = (
    NO_DATA + "Continuing, to ensure all files removed\n"
    "Spool read error for {}-H: No such file or directory\n"
    "Continuing to ensure all files removed\n"
    "Message {} has been removed or did not exist\n"
).replace("{}", "{0}")
MODIFIED = "Message {} has been modified\n"


class Undone(Exception):
    """A deed was not done; the message says why."""


Deed = Callable[[ByHand, "Letter", Sequence[str]], Awaitable[str]]


async def do(mta: Mta, wish: QueueWish, words: Sequence[str], who: Who) -> Said:
    """Does the deed for each letter. ``words`` are the addresses that come with it."""
    hand, code, out = ByHand(mta.queue, who.login), 0, ""
    for message_id in wish.ids:
        try:
            out += await _one(hand, wish.deed, message_id, words)
        except Undone as problem:
            code, out = 1, out + str(problem)
    if wish.deed in QUIET:
        return Said()
    return Said(code, out=out + ("\n" if wish.deed == "-Mmad" else ""))


async def _one(hand: ByHand, deed: str, message_id: str, words: Sequence[str]) -> str:
    queue = hand.queue
    if message_id not in queue:
        queue.office.logs.main(f"Spool file {message_id}-D not found", message_id)
        raise Undone((REMOVED_ALREADY if deed == "-Mrm" else NO_DATA).format(message_id))
    letter = queue[message_id]
    if hand.is_locked(letter) and deed != "-Mc":
        about = f"Spool file for {message_id} is locked (another process is handling this message)"
        queue.office.logs.main(about, message_id)
        raise Undone(LOCKED.format(message_id))
    return await DEEDS[deed](hand, letter, words)


# ── tried, given up ──────────────────────────────────────────────────────────────────────────────


async def _deliver(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    await hand.deliver(letter)
    return ""


async def _continue(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    await hand.deliver(letter, force=False)
    return ""


async def _give_up(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    office = hand.queue.office
    await hand.give_up(letter, await office.disk(office.spool.body, letter.id))
    return ""


# ── frozen, thawed, removed ──────────────────────────────────────────────────────────────────────


async def _freeze(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    if letter.frozen is not None:
        raise Undone(f"Message {letter.id} is already frozen\n")
    await hand.freeze(letter)
    return f"Message {letter.id} is now frozen\n"


async def _thaw(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    if letter.frozen is None:
        raise Undone(f"Message {letter.id} is not frozen\n")
    await hand.thaw(letter)
    return f"Message {letter.id} is no longer frozen\n"


async def _remove(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    await hand.remove(letter)
    return f"Message {letter.id} has been removed\n"


# ── changed ──────────────────────────────────────────────────────────────────────────────────────


async def _add(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    doing = f"Message {letter.id} - error while adding recipient"
    for address in [_address(word, doing) for word in _some(words, doing)]:
        await hand.add(letter, address)
    return MODIFIED.format(letter.id)


async def _mark(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    doing = f"Message {letter.id} - error while marking as delivered"
    wanted = [_address(word, doing) for word in _some(words, doing)]
    for address in wanted:
        if address not in letter.head.recipients:
            problem = f"{doing}:\n  {address} is not a recipient: message not updated\n"
            raise Undone(problem)
    await hand.mark(letter, wanted)
    return MODIFIED.format(letter.id)


async def _mark_all(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    await hand.mark(letter, dict.fromkeys(letter.head.recipients))
    return MODIFIED.format(letter.id)


async def _change_sender(hand: ByHand, letter: Letter, words: Sequence[str]) -> str:
    doing = f"Message {letter.id} - error while editing sender"
    sender, *more = _some(words, doing)
    if more:
        raise Undone(f"Message {letter.id} - only one sender address can be specified\n")
    await hand.change_sender(letter, "" if sender == "<>" else _address(sender, doing))
    return MODIFIED.format(letter.id)


def _some(words: Sequence[str], doing: str) -> Sequence[str]:
    if not words:
        raise Undone(f"{doing}: no address given\n")
    return words


def _address(word: str, doing: str) -> str:
    """An address with its domain. Raises `Undone`."""
    try:
        address = extract(word).address
    except BadAddress as bad:
        raise Undone(f"{doing}:\n  bad address {word}: {bad.message}\n") from None
    if "@" not in address:
        raise Undone(f"{doing}:\n  bad address {word}: domain missing\n")
    return address


DEEDS: dict[str, Deed] = {
    "-M": _deliver,
    "-Mc": _continue,
    "-Mg": _give_up,
    "-Mf": _freeze,
    "-Mt": _thaw,
    "-Mrm": _remove,
    "-Mar": _add,
    "-Mmd": _mark,
    "-Mmad": _mark_all,
    "-Mes": _change_sender,
}
QUIET = ("-M", "-Mc", "-Mg")
"""What they come to, mainlog says."""
