r"""appendfile: into a mailbox of this host.

Two shapes of mailbox: ``file`` is an mbox that all letters are appended to, ``directory`` a Maildir
with a file for each. Which file, and what stands on top of the copy, is decided here; the delivery
agent writes it. The copy gets the marks that only the last host may add::

    Return-path: <alice@example.com>              the envelope's sender
    Envelope-to: bob@ask.com                      the envelope's recipients that led here
    Delivery-date: Mon, 02 Mar 2026 09:00:00 +0000
    Received: …

In ``file`` and ``directory``, ``$local_part_data`` is the login of /etc/passwd, ``$home`` its home
directory, ``$local_part`` and ``$domain`` the address. A login comes from a trusted file, a local
part from a stranger: so a name with a slash in it is refused.

Law: Exim specification, chapter 26; RFC 5321 §4.4 (Return-path).

Try: ``AppendfileTransport(name="maildir_home", directory="$home/Maildir")``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Literal

from labmail.message.dates import rfc5322_date
from labmail.message.field import Field
from labmail.message.outcome import Deferred, Outcome
from labmail.store import Delivery

from ..header import join, own_field
from ..letter import Letter
from .base import Assigned, Hands, Transport

BAD_PATH = -24
"""Exim's number for a file name that may not be used."""
MOST_OCTETS = 16 * 1024 * 1024
"""How much is handed to a store at once: copies for many people are not all held in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendfileTransport(Transport):
    file: str = ""
    directory: str = ""
    return_path_add: bool = True
    envelope_to_add: bool = True
    delivery_date_add: bool = True
    batch_max: int = 1
    """How many addresses may share one copy, where they share a mailbox."""

    driver: ClassVar[str] = "appendfile"
    local: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if bool(self.file) == bool(self.directory):
            raise ValueError(f"transport {self.name}: give either file or directory")

    @property
    def kind(self) -> Literal["mbox", "maildir"]:
        """The kind of store that it writes to."""
        return "mbox" if self.file else "maildir"

    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """As many addresses as can be held in memory at once."""
        count = max(1, min(100, MOST_OCTETS // max(letter.size, 1)))
        whole = list(assigned)
        return [whole[at : at + count] for at in range(0, len(whole), count)]

    async def deliver(
        self, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        places = [self.mailbox(each) for each in batch]
        for number, place in enumerate(places):
            if isinstance(place, Deferred):
                outcomes[number] = place
        sharing = list(self._sharing(batch, places))
        copies = [self.copy(letter, body, [batch[n] for n in group], hands) for group in sharing]
        stored = await hands.store(self.kind, copies) if copies else []
        for group, outcome in zip(sharing, stored, strict=True):
            outcomes.update(dict.fromkeys(group, outcome))
        return [outcomes[number] for number in range(len(batch))]

    def _sharing(
        self, batch: Sequence[Assigned], places: Sequence[str | Deferred]
    ) -> Iterator[list[int]]:
        """Which addresses of the batch share one copy: those of one mailbox, up to batch_max."""
        by_mailbox: defaultdict[str, list[int]] = defaultdict(list)
        for number, place in enumerate(places):
            if isinstance(place, str):
                by_mailbox[place].append(number)
        for numbers in by_mailbox.values():
            for _, group in groupby(enumerate(numbers), lambda pair: pair[0] // self.batch_max):
                yield [number for _, number in group]

    def mailbox(self, assigned: Assigned) -> str | Deferred:
        """The mailbox for an address, or why there is none."""
        recipient, person = assigned.recipient, assigned.person
        names = {
            "$local_part_data": person.login if person else recipient.local_part,
            "$local_part": recipient.local_part,
            "$domain": recipient.domain,
        }
        path = self.file or self.directory
        for name, value in names.items():
            if name in path and ("/" in value or value in ("", ".", "..")):
                return Deferred(
                    f"Tainted '{path}' (file or directory name for {self.name} transport) "
                    f"not permitted: {name} is {value!r}",
                    BAD_PATH,
                    code="4.3.5",
                )
            path = path.replace(name, value)
        path = path.replace("$home", person.home) if person else path
        if not path.startswith("/"):
            problem = f'appendfile: file or directory name "{path}" is not absolute'
            return Deferred(problem, BAD_PATH, code="4.3.5")
        return path

    def copy(
        self, letter: Letter, body: bytes, group: Sequence[Assigned], hands: Hands
    ) -> Delivery:
        """The letter as it is to lie in the mailbox that ``group`` shares."""
        mailbox = self.mailbox(group[0])
        assert isinstance(mailbox, str)
        fields = (*self.marks(letter, group, hands.now()), *letter.fields)
        return Delivery(join(fields, body), letter.sender, group[0].address, mailbox)

    def marks(self, letter: Letter, group: Sequence[Assigned], when: float) -> tuple[Field, ...]:
        """The fields that are put on top."""
        added: list[Field] = []
        if self.return_path_add:
            added.append(own_field("Return-path", f"<{letter.sender}>", utf8=True))
        if self.envelope_to_add:
            originals = dict.fromkeys(name for each in group for name in each.originals)
            added.append(own_field("Envelope-to", ",\n ".join(originals), utf8=True))
        if self.delivery_date_add:
            added.append(own_field("Delivery-date", rfc5322_date(when)))
        return tuple(added)
