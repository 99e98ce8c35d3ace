"""What Exim's language sees on a host of the lab.

    /etc/exim4, /etc/aliases …   HostTree     the host's own tree, and nothing outside it
    the time                     HostClock    the lab's
    $primary_hostname, $pid      HostMachine  and the addresses that are this host's own
    the DNS                      LetterNames  its resolver; whoever asks is told to the trace

A configuration on a host is read, and its strings are expanded, with these and nothing else, so
that it cannot see the computer that the lab runs on.

Law: Exim specification, chapters 6, 9, 11 and 13.

Try: ``HostTree(files).read_bytes("/etc/mailname")``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from labmail.exim.lookups.names import NameAnswer, Record
from labmail.world import HostFiles

from .ownership import Owners

if TYPE_CHECKING:
    from labmail.dns.resolver import Conversation, Resolver
    from labmail.exim.routing.finding import Finding
    from labmail.world import Clock


class HostTree:
    """`HostFiles` as the engine asks for files: a path is octets as latin-1."""

    def __init__(self, files: HostFiles) -> None:
        self._files = files
        self._owners = Owners(files)

    def look_again(self) -> None:
        """Whoever was added since has an account, and files, from now on."""
        self._owners.look_again()

    def read_bytes(self, path: str) -> bytes:
        return self._files.read_bytes(_text(path))

    def stat(self, path: str) -> os.stat_result:
        """With the host's own users as owners, not the machine's."""
        found = self._files.found(_text(path))
        return self._owners.seen(self._files.named(found), os.stat(found))

    def lstat(self, path: str) -> os.stat_result:
        """Of the file itself, if it is a link."""
        folder, _, name = _text(path).rstrip("/").rpartition("/")
        found = self._files.found(folder or "/")
        found = f"{found}/{name}" if name else found
        return self._owners.seen(self._files.named(found), os.lstat(found))

    def listdir(self, path: str) -> list[str]:
        return [_octets(name) for name in self._files.listdir(_text(path))]

    def realpath(self, path: str) -> str:
        return _octets(self._files.named(self._files.found(_text(path))))

    def access(self, path: str, mode: int) -> bool:
        return os.access(self._files.found(_text(path)), mode)

    def real(self, path: str) -> bytes:
        """The machine's own path: never outside the host's folder."""
        return os.fsencode(self._files.found(_text(path)))


def _text(path: str) -> str:
    return path if path.isascii() else os.fsdecode(path.encode("latin-1"))


def _octets(path: str) -> str:
    return path if path.isascii() else os.fsencode(path).decode("latin-1")


class HostClock:
    """The lab's clock: seconds since 1970."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.time()


class HostMachine:
    """The host, as ``$primary_hostname`` and ``$pid`` ask for it; root asks."""

    pid, uid, gid, login, full_name = 1, 0, 0, "root", "root"

    def __init__(self, name: str, addresses: Sequence[str] = ()) -> None:
        self.name = name
        self.addresses = [*addresses, "127.0.0.1", "::1"]

    def load_average(self) -> float:
        return 0.0

    def free(self, path: str) -> tuple[int, int]:
        return -1, -1


@dataclass(slots=True)
class LetterNames:
    """The host's resolver, asked on behalf of a letter: question by question told to the trace.

    Where the hosts of a domain are looked for, the questions belong together, and what came of
    them all is told at the end. An answer holds for one attempt to deliver one letter: ten thousand
    recipients at one domain cost one question, and a name server's news counts at the next try.
    """

    resolver: Resolver
    letter: str | None = None
    recipient: str | None = None
    cause: str | None = None
    """The event that made somebody ask; afterwards, the last one that was told."""
    _known: dict[tuple[str, str], Any] = field(default_factory=dict)
    _conversation: Conversation | None = None

    def on_behalf_of(self, recipient: str | None, cause: str | None) -> None:
        """From here on somebody else asks."""
        self.recipient, self.cause = recipient, cause

    async def query(
        self, name: str, rdtype: str, *, wait: float | None = None, rounds: int | None = None
    ) -> NameAnswer:
        """The records of one kind (`labmail.exim.lookups.names`)."""
        asked = name.rstrip("."), rdtype
        answer = self._known.get(asked)
        if answer is None:
            conversation = self._conversation or self._converse()
            answer = self._known[asked] = await conversation.find(*asked)
            if self._conversation is None:
                self.cause = conversation.tell_lookup(*asked, answer) or self.cause
        status = "again" if answer.status == "failed" else answer.status
        return NameAnswer(status, [Record(r.name, r.type, r.ttl, r.rdata) for r in answer.records])

    def looking_for_hosts(self, domain: str) -> None:
        """The questions that follow are about the hosts of a domain."""
        self._conversation = self._converse()

    async def found_hosts(self, domain: str, found: Finding) -> None:
        """These are the hosts: told, with the reasons, if anybody had to be asked."""
        conversation, self._conversation = self._conversation, None
        if conversation is None or not conversation.asked:
            return
        names = [host.name for host in found.hosts]
        told = await conversation.tell_hosts(domain, self._known, names, found.against)
        self.cause = told or self.cause

    def _converse(self) -> Conversation:
        return self.resolver.converse(self.letter, self.recipient, self.cause)
