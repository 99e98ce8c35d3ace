"""What the page is told of a queue: plain data, made anew after each deed.

    now, start    the lab's time, and when it began (POSIX seconds)
    rows          a letter that waits, or that waited and has come to its end: who, how big, when
                  it was tried, when it will be, what became of it, and the words that say why

A letter that was delivered at its first try never waited, and is no row.

Try: ``model(host)["rows"]``.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

from labmail.message.visible import octets, visible

from .future import Future, future
from .past import Past, pasts

if TYPE_CHECKING:
    from labmail.lab import LabHost
    from labmail.mta import Mta
    from labmail.mta.letter import Letter

Model = dict[str, Any]
SHOWN, ENDED = 200, 6
"""Letters that are drawn, of those that wait and of those that have left; others are counted."""


def model(host: LabHost, hidden: Container[str] = ()) -> Model:
    """Everything that is drawn. ``hidden`` are ids of letters that the reader has put away."""
    return host._thread.call(_looked_at(host, hidden))


async def _looked_at(host: LabHost, hidden: Container[str]) -> Model:
    site, mta = host._host.site, host._mta
    known = pasts(site.trace, host.name)
    for letter in mta.queue:  # one that the trace has forgotten still waits
        known.setdefault(letter.id, _unknown(letter))
    waiting = [past for past in known.values() if past.id in mta.queue]
    ended = [past for past in known.values() if _has_left(past) and past.id not in hidden]
    shown = {past.id for past in (*waiting[:SHOWN], *ended[-ENDED:])}
    clock = site.world.clock
    events = site.trace.since(0)
    return {
        "host": host.name,
        "now": clock.time(),
        "start": events[0].time if events else clock.time(),
        "live": clock.live,
        "rows": [_row(past, mta) for past in known.values() if past.id in shown],
        "more": max(0, len(waiting) - SHOWN),
        "left": max(0, len(ended) - ENDED),
    }


def _has_left(past: Past) -> bool:
    """Whether it has waited here, and does so no more."""
    return bool(past.waits_for and past.ended)


def _unknown(letter: Letter) -> Past:
    born, sizes = letter.head.received, letter.size
    return Past(letter.id, letter.name, letter.sender, letter.head.recipients, sizes, born)


def _row(past: Past, mta: Mta) -> Model:
    letter, ahead, waiting = None, Future(), list(past.recipients)
    if past.id in mta.queue:
        letter = mta.queue[past.id]
        ahead = future(letter, past, mta)
        waiting = [each.address for each in letter.waiting]
    state = past.end or ("frozen" if letter and letter.frozen is not None else _state(past))
    return {
        "id": past.id,
        "letter": visible(past.letter or ""),
        "from": visible(f"<{past.sender}>" if not past.sender else past.sender),
        "to": [visible(each) for each in waiting],
        "size": octets(past.size),
        "born": past.born,
        "state": state,
        "tries": [time for time, _ in past.tries],
        "plan": list(ahead.tries),
        "end": past.ended,
        "why": visible(_why(past, state, ahead.about)),
        "failures": [visible(problem) for _, problem in past.tries],
        "rule": {
            "parts": list(ahead.parts),
            "current": ahead.current,
            "place": visible(ahead.place),
        },
    }


def _state(past: Past) -> str:
    return "deferred" if past.waits_for else "under way"


def _why(past: Past, state: str, about: str) -> str:
    """Why it is still here, or how it ended."""
    count = len(past.tries)
    tries = f"{count} {'try' if count == 1 else 'tries'}"
    if state == "delivered":
        return f"It was delivered, {f'after {tries} in vain' if count else 'at its first try'}."
    if state == "bounced":
        told = f"A report went to {past.sender}." if past.sender else "Nobody could be told."
        return f"It was given up after {tries}. {told}"
    if state == "removed":
        when = f"after {tries}" if count else "before it was tried"
        return f"{past.removed_by} removed it {when}. Nobody was told."
    waits_for = past.waits_for or "It has not been tried yet."
    if about and past.tries and past.waits_for == past.tries[-1][1]:
        waits_for = f"{about}: {past.waits_for}"
    return f"{waits_for.rstrip('.')}. {past.ice}" if state == "frozen" else waits_for
