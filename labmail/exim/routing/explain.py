"""Why does it go there? The walk of an address, as questions and answers.

    bob@ask.com
      router = dnslookup, transport = remote_smtp

    bob@ask.com
      router smarthost
        is the domain in `domains`?            no   no item of the list matches ask.com
                                                    domains = !+local, /etc/exim4/exim4.conf:12
        for it to be asked: let `domains` list ask.com
      router local_user
        …

First what -bt says, then the walk. Each answer names the option that decided, with file and line.
The same is there as plain data, for widgets and exercises.

Law: Exim specification, §3.12 and chapter 15; the words are ours.

Try: ``print(explain("bob@ask.com", desk))``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labmail.exim.drive import drive
from labmail.exim.text import Text

from .follow import End, Followed, follow
from .outcome import Accept, Defer, Fail
from .telling import Telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .address import Address
    from .desk import Desk, Step

CHANGES = {
    "domains": "let `domains` list the domain of {address}",
    "local_parts": "let `local_parts` list the local part of {address}",
    "senders": "let `senders` list the sender, or ask for another one (-f)",
    "condition": "let `condition` come to yes",
    "check_local_user": "make a user of that name, or take check_local_user away",
    "require_files": "let the files be as `require_files` wants them",
    "local_part_prefix": "write the address with one of the prefixes, or make it optional",
    "local_part_suffix": "write the address with one of the suffixes, or make it optional",
    "verify_only": "take `verify_only` away, or verify (-bv)",
    "address_test": "take `no_address_test` away, or send a letter",
    "verify_sender": "take `no_verify_sender` away",
    "verify_recipient": "take `no_verify_recipient` away",
    "repeat_use": "send it by another address: this one came from itself",
}
"""What would have to be otherwise, by the option that kept a router from being asked."""


class Explanation:
    """The walk: ``steps`` as they were taken, ``ends`` where the branches ended."""

    def __init__(self, followed: Followed, steps: Sequence[Step]) -> None:
        self.address = followed.address
        self.ends = followed.ends
        self.code = followed.code
        """0: all is well; 1: something has to wait; 2: something failed."""
        self.short = Telling(True).full(followed)
        """What -bt says of it."""
        self.steps = steps

    def data(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {
            "address": self.address,
            "code": self.code,
            "short": self.short,
            "steps": [step._asdict() for step in self.steps],
            "ends": [_end(end) for end in self.ends],
            "changes": self.changes(),
        }

    def changes(self) -> dict[str, str]:
        """For each router that was not asked: what would have to change for it to be asked."""
        told: dict[str, str] = {}
        for step in self.steps:
            if (step.answer == "no" and step.option in CHANGES) or step.option == "repeat_use":
                told.setdefault(step.router, CHANGES[step.option].format(address=step.address))
        return told

    def __str__(self) -> str:
        endings = "".join(f"{_ending(end)}\n" for end in self.ends)
        return f"{self.short}\n{sentences(self.steps)}{endings}"

    __repr__ = __str__


def explain(address: str, desk: Desk) -> Explanation:
    """Why an address goes where it goes; for a command line, where nobody waits."""
    return drive(explained(address, desk))


async def explained(address: str, desk: Desk) -> Explanation:
    """The same on an event loop."""
    desk.steps = []
    followed = await follow(Text(address, tainted=True), desk)
    steps, desk.steps = desk.steps, None
    return Explanation(followed, steps)


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
        if step.option and step.value:
            lines.append(f"      {step.option} = {step.value}  ({step.file}:{step.line})")
        if step.answer == "no" and step.option in CHANGES:
            change = CHANGES[step.option].format(address=step.address)
            lines.append(f"      for it to be asked: {change}")
    return "".join(f"{line}\n" for line in lines)


def _end(end: End) -> dict[str, Any]:
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
        "hosts": [[host.name, host.address, host.mx, host.port] for host in address.hosts],
        "runs_as": None if address.user is None else str(address.user),
        "errors_to": address.errors_to,
    }


def _ending(end: End) -> str:
    """The last sentence of a branch."""
    address = end.address
    name = address.text.text
    if isinstance(end.outcome, (Accept, type(None))):
        if address.transport is None:
            return f"{name}: {address.message or 'good, though no transport takes it'}"
        where = _places(address)
        as_whom = f", would run as {address.user}" if address.user is not None else ""
        return f"{name}: to transport {address.transport.name}{where}{as_whom}"
    if isinstance(end.outcome, Fail):
        return f"{name}: cannot be delivered: {end.outcome.text}"
    if isinstance(end.outcome, Defer):
        return f"{name}: has to wait: {end.outcome.text}"
    return f"{name}: {end.outcome.why}"


def _places(address: Address) -> str:
    hosts = ", ".join(f"{host.name} [{host.address or 'unknown'}]" for host in address.hosts)
    return f", hosts {hosts}" if hosts else ""
