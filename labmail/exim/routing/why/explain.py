"""Why does it go there? The walk of an address, as questions and answers.

    bob@ask.com
      router = dnslookup, transport = remote_smtp

    bob@ask.com
      router local_user
        is the domain in `domains`? no: no item of the list matches ask.com
          domains = +local_domains  (/etc/exim4/exim4.conf:40)
          for it to be asked: ask.com would have to be in +local_domains
            domainlist local_domains = @ : localhost  (/etc/exim4/exim4.conf:3)
      router dnslookup
        …

First what -bt says, then the walk. Each answer names the option that decided, with file and line;
each end names the mailbox and the user it would run as. If a router is named, the explanation ends
with all that would have to change for that one to take it (`reaching`). The same is there as plain
data, for widgets and exercises.

Law: Exim specification, §3.12 and chapter 15; the words are ours.

Try: ``print(explain("bob@ask.com", desk, router="local_user"))``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labmail.exim.drive import drive
from labmail.exim.text import Text

from ..follow import End, Followed, follow
from ..outcome import Accept, Defer, Fail
from ..telling import Telling
from .mailbox import mailbox
from .reaching import Reach, in_the_way
from .reaching import reaches as reached
from .runsas import RunsAs, runs_as

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..address import Address
    from ..desk import Desk
    from ..steps import Step


class Explanation:
    """The walk: ``steps`` as they were taken, ``ends`` where the branches ended, and ``reaches``:
    what of the router in question, if there is one."""

    def __init__(
        self,
        followed: Followed,
        steps: Sequence[Step],
        users: Sequence[RunsAs | None] = (),
        mailboxes: Sequence[str] = (),
        reaches: Sequence[Reach] = (),
    ) -> None:
        self.address = followed.address
        self.ends = followed.ends
        self.code = followed.code
        """0: all is well; 1: something has to wait; 2: something failed."""
        self.short = Telling(True).full(followed)
        """What -bt says of it."""
        self.steps = steps
        self.users = list(users) or [None] * len(followed.ends)
        """As whom each end would run, and which option says so."""
        self.mailboxes = list(mailboxes) or [""] * len(followed.ends)
        """The file or folder that each end would be written to; "" where there is none."""
        self.reaches = reaches

    def data(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        told = {
            "address": self.address,
            "code": self.code,
            "short": self.short,
            "steps": [step.data() for step in self.steps],
            "ends": [_end(*end) for end in self._endings()],
            "changes": self.changes(),
        }
        if self.reaches:
            told["reaches"] = [reach.data() for reach in self.reaches]
        return told

    def _endings(self) -> Iterator[tuple[End, RunsAs | None, str]]:
        return zip(self.ends, self.users, self.mailboxes, strict=True)

    def changes(self) -> dict[str, str]:
        """For each router that did not take it: what stood in the way first, and what it would have
        to be."""
        told: dict[str, str] = {}
        for step in self.steps:
            if step.turn and in_the_way(step):
                told.setdefault(step.router, step.turn)
        return told

    def __str__(self) -> str:
        endings = "".join(f"{_ending(*end)}\n" for end in self._endings())
        asked = "".join(f"\n{reach}" for reach in self.reaches)
        return f"{self.short}\n{sentences(self.steps)}{endings}{asked}"

    __repr__ = __str__


def explain(address: str, desk: Desk, *, router: str | None = None) -> Explanation:
    """Why an address goes where it goes; for a command line, where nobody waits.

    With ``router``, also what would have to change for that router to take it: ValueError if there
    is none of that name.
    """
    return drive(explained(address, desk, router=router))


async def explained(address: str, desk: Desk, *, router: str | None = None) -> Explanation:
    """The same on an event loop."""
    desk.steps, desk.passes, desk.thorough = [], [], True
    followed = await follow(Text(address, tainted=True), desk)
    steps, desk.steps = desk.steps, None
    users = [await runs_as(desk, end.address) for end in followed.ends]
    mailboxes = [await mailbox(desk, end.address) for end in followed.ends]
    reaches = [] if router is None else await reached(desk, router)
    return Explanation(followed, steps, users, mailboxes, reaches)


def sentences(steps: Sequence[Step]) -> str:
    """The steps as lines, address by address and router by router."""
    lines: list[str] = []
    address = router = ""
    for step in steps:
        if step.address != address:
            lines.append(step.address)
            address, router = step.address, ""
        if step.router != router:
            lines.append(f"  router {step.router}")
            router = step.router
        lines.append(f"    {step.question} {step.answer}{step.why and f': {step.why}'}")
        if step.written:
            lines.append(f"      {step.written}  ({step.place})")
        if step.turn and in_the_way(step):
            lines.append(f"      {_purpose(step)}: {step.turn}")
            lines += [f"        {written}" for written in step.lists]
    return "".join(f"{line}\n" for line in lines)


def _purpose(step: Step) -> str:
    if step.option == "more":
        return "for the next one to be asked"
    taking = step.question.startswith("what does the ")
    return "for it to take the address" if taking else "for it to be asked"


def _end(end: End, user: RunsAs | None, lies_in: str) -> dict[str, Any]:
    """Where a branch ended, as data."""
    address = end.address
    outcome = "made" if end.outcome is None else type(end.outcome).__name__.lower()
    return {
        "address": address.text.text,
        "parents": [parent.text.text for parent in address.ancestors],
        "outcome": outcome,
        "text": getattr(end.outcome, "text", address.message or ""),
        "router": address.router.name if address.router is not None else None,
        "transport": address.transport.name if address.transport is not None else None,
        "mailbox": lies_in or None,
        "hosts": [[host.name, host.address, host.mx, host.port] for host in address.hosts],
        "runs_as": None if user is None else user.who,
        "runs_as_by": None if user is None else user.by(),
        "errors_to": address.errors_to,
    }


def _ending(end: End, user: RunsAs | None, lies_in: str) -> str:
    """The last sentence of a branch."""
    address = end.address
    name = address.text.text
    if isinstance(end.outcome, (Accept, type(None))):
        if address.transport is None:
            return f"{name}: {address.message or 'good, though no transport takes it'}"
        where = f", into {lies_in}" if lies_in else _places(address)
        as_whom = f", would run as {user.who}  ({user.by()})" if user is not None else ""
        return f"{name}: to transport {address.transport.name}{where}{as_whom}"
    if isinstance(end.outcome, Fail):
        return f"{name}: cannot be delivered: {end.outcome.text}"
    if isinstance(end.outcome, Defer):
        return f"{name}: has to wait: {end.outcome.text}"
    return f"{name}: {end.outcome.why}"


def _places(address: Address) -> str:
    hosts = ", ".join(f"{host.name} [{host.address or 'unknown'}]" for host in address.hosts)
    return f", hosts {hosts}" if hosts else ""
