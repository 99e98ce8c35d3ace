"""What became of an address, in the words and columns of Exim's -bt and -bv.

    team@ask.com is undeliverable: Unrouteable address
    ann@ask.com
        <-- team@ask.com
      router = dnslookup, transport = remote_smtp
      host mail.ask.com [192.0.2.1] MX=10

First everything that failed, waits, or is a file or program, as it was found; then what local
transports take, then what goes to hosts, the latest first.

Law: Exim specification, §5.3 (-bt, -bv).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .handing import is_local
from .outcome import Accept, Defer, Fail

if TYPE_CHECKING:
    from .address import Address
    from .follow import End, Followed
    from .host import Host

UNKNOWN = "unknown"


class Telling:
    """Tells of several addresses; one that was told of already is a duplicate."""

    def __init__(self, testing: bool) -> None:
        self.testing = testing
        self.seen: set[str] = set()

    def short(self, followed: Followed) -> str:
        """A line."""
        for end in followed.ends:
            if isinstance(end.outcome, (Fail, Defer)):
                return f"{self._bad(followed.address, end)}\n"
        word = "is deliverable" if self.testing else "verified"
        return f"{followed.address} {word}\n"

    def full(self, followed: Followed) -> str:
        """Every branch."""
        told: list[str] = []
        local: list[Address] = []
        remote: list[Address] = []
        for end in followed.ends:
            if isinstance(end.outcome, Accept):
                transport = end.address.transport
                to = local if transport is not None and is_local(transport) else remote
                to.insert(0, end.address)
            elif end.outcome is None:
                told.append(_made(end.address))
            elif isinstance(end.outcome, (Fail, Defer)):
                told.append(self._bad(end.address.text.text, end) + _parents(end.address) + "\n")
        told += [self._taken(address) for address in local + remote]
        return "".join(told) or f"mail to {followed.address} is discarded\n"

    def _bad(self, shown: str, end: End) -> str:
        outcome = end.outcome
        if isinstance(outcome, Defer):
            return f"{shown} cannot be resolved at this time: {outcome.text}"
        word = "is undeliverable" if self.testing else "failed to verify"
        assert isinstance(outcome, Fail)
        return f"{shown} {word}: {outcome.text}"

    def _taken(self, address: Address) -> str:
        again = "   [duplicate, would not be delivered]" if address.unique in self.seen else ""
        self.seen.add(address.unique)
        transport = address.transport
        name = "unset" if transport is None else transport.name
        head = f"{address.text.text}{again}{_parents(address)}"
        return f"{head}\n  router = {address.router.name}, transport = {name}\n{_hosts(address)}"


def _parents(address: Address) -> str:
    return "".join(f"\n    <-- {parent.text.text}" for parent in address.ancestors)


def _made(address: Address) -> str:
    """A file, a program, or an answer."""
    text = address.text.text
    shown = f"mail {text[1:]}" if text.startswith(">") else text
    parent = address.parent.text.text if address.parent else ""
    if address.message is not None:
        trouble = "*** Error in setting up pipe, file, or autoreply:"
        return f"{parent} -> {shown}\n{trouble}\n{address.message}\n"
    if not address.permitted:
        return f"{parent} -> {shown} *** forbidden ***\n"
    return f"{parent} -> {shown}\n  transport = {address.transport.name}\n"


def _hosts(address: Address) -> str:
    transport = address.transport
    if transport is None or (transport.driver == "smtp" and transport["hosts_override"]):
        return ""
    names = max((len(host.name) for host in address.hosts), default=0)
    width = max((len(host.address or UNKNOWN) for host in address.hosts), default=0)
    local = is_local(transport)
    return "".join(f"  host {_host(host, names, width, local)}\n" for host in address.hosts)


def _host(host: Host, names: int, width: int, local: bool) -> str:
    """One line: name, address, preference, port; in columns."""
    if host.address is None and local:
        shown = f" {'':{width}} "
    else:
        shown = "[" + f"{host.address or UNKNOWN}]".ljust(width + 1)
    mx = "" if host.mx is None else f" MX={host.mx}"
    port = "" if host.port is None else f" port={host.port}"
    unusable = "" if host.usable else " ** unusable **"
    return f"{host.name.ljust(names)} {shown}{mx}{port}{unusable}"
