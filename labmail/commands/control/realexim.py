"""Where real exim4 does a host's mail, its command line is the real one, too.

    with Lab("two_companies", engine="exim4"):      labmail at mail.ask.com exim -bp

It runs on the host's island, as root. What it reads is read from the terminal first, and to its
end, so that a dialogue is typed ahead.

Try: ``labmail at mail.ask.com exim -bV``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from labmail.engines.exim4.daemon import EXIM

from ..exim.arguments import Refused, Request, read

if TYPE_CHECKING:
    from .call import Call

READING = ("submission", "dialogue", "batch", "filter")
PATIENCE = 60.0
"""Real seconds for what follows from a command."""


def is_real(call: Call) -> bool:
    """Whether the host's mail is done by the real program."""
    return getattr(call.host._host.mail, "daemon", None) is not None


def run_real(call: Call, first: Sequence[str] = ()) -> int:
    """Runs exim4 with the words of a call; gives its exit code."""
    if not call.is_root:
        return call.complain("real exim4 is asked as root only: leave --user out")
    words = [*first, *call.arguments]
    given = call.streams.input.read().decode("latin-1") if _reads(words) else ""
    ended = call.host._thread.call(_run(call.host._host.mail, words, given))
    call.streams.out.write(ended.output.encode("latin-1"))
    call.streams.flush()
    call.streams.err.write(ended.errors.encode("latin-1"))
    return int(ended.status)


async def _run(mail: Any, words: Sequence[str], given: str) -> Any:
    island = mail.daemon.island
    if island is None:
        raise ValueError(f"no mail daemon runs on {mail.host.plan.name}")
    ended = await island.run([EXIM, *words], given)
    await mail.daemon.engine.settle(PATIENCE)
    return ended


def _reads(words: Sequence[str]) -> bool:
    """Whether these words make a command that reads its input."""
    try:
        request: Request = read(words)
    except Refused:
        return False
    asks = ("expansion", "test", "verify", "verify sender")
    return request.action in READING or (request.action in asks and not request.words)
