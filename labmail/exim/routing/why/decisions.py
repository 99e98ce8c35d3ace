"""Decisions laid side by side: the same address, routed by two configurations.

    bob@ask.com
      before    router dnslookup, transport remote_smtp, host mail.ask.com [128.10.30.2]
      now       router smarthost, transport remote_smtp_smarthost, host relay.test [192.0.2.1]
      why       dnslookup took it, and is gone; smarthost is new, and takes it

Law: Exim specification, §3.10; the words are ours.

Try: ``decision(explain("bob@ask.com", old), explain("bob@ask.com", new))``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from ..outcome import Accept, Defer, Fail

if TYPE_CHECKING:
    from ..follow import End
    from .explain import Explanation

DEEDS = {
    "accept": "took it",
    "children": "made others of it",
    "rerouted": "made another of it",
    "discard": "threw it away",
    "fail": "refused it",
    "defer": "could not say",
}
"""Answers of a driver that end the walk, as what it did."""


class Decision(NamedTuple):
    """Where an address went, where it goes now (a line for each branch), and where they part."""

    address: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    why: str

    @property
    def changed(self) -> bool:
        return self.before != self.after

    def data(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {**self._asdict(), "changed": self.changed}

    def __str__(self) -> str:
        if not self.changed:
            return _told(self.address, {"the same": self.before})
        return _told(self.address, {"before": self.before, "now": self.after, "why": (self.why,)})


def _told(address: str, rows: dict[str, tuple[str, ...]]) -> str:
    lines = [address]
    for name, told in rows.items():
        for at, line in enumerate(told):
            lines.append(f"  {'' if at else name:<10}{line}".rstrip())
    return "\n".join(lines)


def decision(
    before: Explanation, after: Explanation, *, old: Collection[str] = (), new: Collection[str] = ()
) -> Decision:
    """The two laid side by side; ``old`` and ``new`` are the routers that there were and are."""
    one, other = (tuple(_line(end) for end in told.ends) or (THROWN,) for told in (before, after))
    why = _parting(before, after, old, new) if one != other else ""
    return Decision(before.address, one, other, why)


THROWN = "it is thrown away"


def _line(end: End) -> str:
    """Where a branch ends."""
    address, outcome = end.address, end.outcome
    first = address.parent is None
    shown = "" if first and not address.made else f"{address.text.text}: "
    if isinstance(outcome, Fail):
        return f"{shown}cannot be delivered: {outcome.text}"
    if isinstance(outcome, Defer):
        return f"{shown}has to wait: {outcome.text}"
    if outcome is not None and not isinstance(outcome, Accept):
        return f"{shown}{outcome.why}"
    router = f"router {address.router.name}" if address.router is not None else ""
    transport = address.transport and f"transport {address.transport.name}"
    hosts = [f"host {host.name} [{host.address or 'unknown'}]" for host in address.hosts]
    return shown + ", ".join(filter(None, [router, transport or "no transport", *hosts]))


def _parting(
    before: Explanation, after: Explanation, old: Collection[str], new: Collection[str]
) -> str:
    """By which routers the two walks part."""
    one, other = _answers(before), _answers(after)
    taker, now = _taker(one), _taker(other)
    if taker == now and taker:
        return f"{taker} takes it as before, and sends it another way"
    left = (
        f"{taker} {DEEDS[one[taker][0]]}{_since(taker, other, new, 'and is gone')}"
        if taker
        else NOBODY
    )
    if not now:
        return f"{left}; nobody takes it now"
    come = "is new, and" if old and now not in old else _earlier(now, one)
    does = "cannot say" if other[now][0] == "defer" else "takes it"
    return f"{left}; {now} {come} {does}"


NOBODY = "nobody took it"


def _since(
    router: str, other: dict[str, tuple[str, str]], there: Collection[str], gone: str
) -> str:
    """What has become of whoever took it."""
    if there and router not in there:
        return f", {gone}"
    if router not in other:
        return ", and is not reached any more"
    answer, why = other[router]
    return f", and {'declines' if answer == 'decline' else 'stands aside'} now ({why})"


def _earlier(router: str, one: dict[str, tuple[str, str]]) -> str:
    """What whoever takes it now did before."""
    if router not in one:
        return "was not reached, and"
    answer, why = one[router]
    return f"{'declined' if answer == 'decline' else 'stood aside'} ({why}), and"


def _answers(told: Explanation) -> dict[str, tuple[str, str]]:
    """What each router answered about the address itself, and why."""
    found: dict[str, tuple[str, str]] = {}
    for step in told.steps:
        if step.address == told.address:
            found[step.router] = (step.answer, step.why)
    return found


def _taker(answers: dict[str, tuple[str, str]]) -> str:
    """The router at which the walk ended."""
    last = next(reversed(answers), "")
    return last if last and answers[last][0] in DEEDS else ""
