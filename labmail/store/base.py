"""What every message store promises, whatever it writes on the disk.

A message store keeps letters for people until they fetch them. Two kinds of programs come to it and
never speak to each other: a delivery agent that only adds, and an access agent (POP3, later IMAP)
that reads and removes. The store's whole art is to let both work at once and to lose nothing::

    mda ── deliver(batch) ──▶  store  ◀── open(mailbox) ── pop3
           an Outcome for each           a Maildrop: what lay there at this moment

* **Delivered means durable.** A `Delivered` is answered only when the letter would survive a power
  cut. Anything else leaves no trace of the letter behind: no half message, ever.
* **A maildrop is a snapshot.** Numbers, sizes and unique ids stay as they were at `Store.open`
  until `Maildrop.close` (RFC 1939 §4), while new mail goes on arriving behind its back.
* **One maildrop at a time.** A second `Store.open` of the same mailbox raises `MailboxBusy`.

On the disk lines end in LF, as on any Unix; on the wire in CRLF. Sizes count octets of the wire, so
that POP3 can announce them exactly (RFC 1939 §11).

The same promises as a test that any store can be put through: `labmail.store.contract`.
"""

from __future__ import annotations

import errno
import os
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from labmail.message.outcome import Deferred, Outcome

from .lines import to_disk
from .manner import ORDINARY, Lock, Manner

LOCK_FAILED = -9
"""Exim's own number for "could not lock the mailbox", seen in its log as ``defer (-9)``."""


@dataclass(frozen=True, slots=True)
class LockedOut(Deferred):
    """Somebody else had the mailbox. Whoever can wait tries again."""

    lock: Lock = "lock file"
    """The lock that was in the way."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter for one mailbox, complete: Return-path and its like are in ``content`` already.

    ``content`` has CRLF line ends. ``sender`` is the reverse-path without brackets, "" for a
    bounce. ``mailbox`` is a path of the host's own tree: ``/var/mail/bob``, ``/home/bob/Maildir``.
    """

    content: bytes
    sender: str
    recipient: str
    mailbox: str
    manner: Manner = ORDINARY

    @property
    def octets(self) -> bytes:
        """What is written: lines end in LF."""
        return to_disk(self.content) if self.manner.entry is None else self.manner.entry


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of a maildrop. ``number`` counts from 1; ``size`` is octets with CRLF line ends.

    ``uid`` names the message for as long as it exists (RFC 1939 §7, UIDL). ``flags`` are Maildir's
    letters (``S`` seen, ``R`` replied, …), "" in an mbox. ``where`` says which file or bytes hold
    it.
    """

    number: int
    uid: str
    size: int
    flags: str = ""
    where: str = ""


class MailboxBusy(OSError):
    """Somebody else has the mailbox. ``session``: it is open in another session, not just being
    written to, so that waiting a moment will not help. ``lock`` is what was in the way."""

    def __init__(self, why: str, *, session: bool = False, lock: Lock = "lock file") -> None:
        super().__init__(errno.EAGAIN, why)
        self.why, self.session, self.lock = why, session, lock


class Unfit(OSError):
    """What lies there cannot take the letter as it is. ``why`` says what was found and expected."""

    system = errno.EINVAL
    exims = 0
    """Exim's own number for it, as in ``defer (-4)``."""
    code = "4.3.5"
    """The enhanced status code (RFC 3463)."""

    def __init__(self, why: str) -> None:
        super().__init__(self.system, why)
        self.why = why


class BadMailbox(Unfit):
    """It is no mailbox of this kind."""

    exims = -4


class WrongMode(Unfit):
    """It has other rights than it should."""

    exims = -7


class MailboxFull(Unfit):
    """It would grow beyond what it may."""

    system, exims, code = errno.EDQUOT, -22, "4.2.2"

    def __init__(self, mailbox: str, what: str = "") -> None:
        super().__init__(
            f"mailbox is full (MTA-imposed {what}quota exceeded while writing to {mailbox})"
        )


def check_room(manner: Manner, mailbox: str, octets: int, letters: int, new: int) -> None:
    """Raises `MailboxFull` where a mailbox of so many octets and letters has no room for ``new``
    octets."""
    more, one = (new, 1) if manner.inclusive else (0, 0)
    if 0 < manner.most_octets < octets + more:
        raise MailboxFull(mailbox)
    if 0 < manner.most_letters < letters + one:
        raise MailboxFull(mailbox, "filecount ")


class NoSuchMessage(LookupError):
    """A maildrop has no message of this number."""


class MessageGone(OSError):
    """The message was in the snapshot, but another program has removed or changed it since."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.ENOENT, why)
        self.why = why


class Maildrop(ABC):
    """A mailbox as it was when it was opened, for one reader alone. Close it; ``with`` does.

    All methods block: call them from a worker.
    """

    kind: str
    mailbox: str
    messages: tuple[StoredMessage, ...] = ()

    @abstractmethod
    def chunks(self, number: int) -> Iterator[bytes]:
        """The message in pieces, with CRLF line ends and a line end after its last line.

        Raises `NoSuchMessage`, and `MessageGone` where it is not what it was at opening.
        """

    def read(self, number: int) -> bytes:
        """The whole message: ``size`` octets. Raises as `chunks` does."""
        return b"".join(self.chunks(number))

    @abstractmethod
    def expunge(self, numbers: Collection[int]) -> None:
        """Removes these messages for good and returns when that is durable.

        Whatever was delivered since the maildrop was opened stays. Raises OSError where it could
        not be done; then nothing was lost.
        """

    @abstractmethod
    def close(self) -> None:
        """Lets go of the mailbox. A second call does nothing."""

    def message(self, number: int) -> StoredMessage:
        """The message of this number. Raises `NoSuchMessage`."""
        if not 1 <= number <= len(self.messages):
            raise NoSuchMessage(f"there is no message {number}: {len(self.messages)} are here")
        return self.messages[number - 1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Store(Protocol):
    """A kind of message store on one host. Both methods block: call them from a worker."""

    @property
    def kind(self) -> str:
        """``mbox``, ``maildir``, …"""
        ...

    def deliver(self, batch: Sequence[Delivery]) -> list[Outcome]:
        """Stores each letter, durably, and answers one outcome for each, in the same order.

        ``Delivered.uid`` is the unique id under which a maildrop will list the letter. Trouble with
        one mailbox is `Deferred` for its letters only. Never raises OSError.
        """
        ...

    def open(self, mailbox: str) -> Maildrop:
        """The messages of a mailbox, for this reader alone; one that is not there yet is empty.

        Raises `MailboxBusy`, `BadMailbox`, OSError.
        """
        ...


Deliver = Callable[[str, Sequence[Delivery]], Iterable[Outcome]]


def by_mailbox(batch: Sequence[Delivery], deliver: Deliver) -> list[Outcome]:
    """Hands each mailbox its share of ``batch`` in one go; gives the outcomes in batch order."""
    shares: defaultdict[str, list[int]] = defaultdict(list)
    for place, delivery in enumerate(batch):
        shares[delivery.mailbox].append(place)
    outcomes: dict[int, Outcome] = {}
    for mailbox, places in shares.items():
        share = [batch[place] for place in places]
        try:
            outcomes.update(zip(places, deliver(mailbox, share), strict=True))
        except OSError as error:
            outcomes.update(dict.fromkeys(places, deferred(error, mailbox)))
    return [outcomes[place] for place in range(len(batch))]


_CODES = {
    errno.ENOSPC: "4.3.1",  # RFC 3463: mail system full
    errno.EDQUOT: "4.2.2",  # mailbox full
    errno.EAGAIN: "4.2.0",  # other or undefined mailbox status
}


def deferred(error: OSError, mailbox: str) -> Deferred:
    """The outcome for a letter that could not be stored now. It stays in the queue.

    A note on the error says what was being done, else it was being written.

    >>> deferred(OSError(errno.ENOSPC, "No space left on device"), "/var/mail/bob").why
    'No space left on device: error while writing to /var/mail/bob'
    """
    number = error.errno or 0
    if isinstance(error, MailboxBusy):
        name = "lock file" if error.lock == "lock file" else "fcntl/flock"
        why = f"failed to lock mailbox {mailbox} ({name})"
        return LockedOut(why, LOCK_FAILED, code=_CODES[errno.EAGAIN], lock=error.lock)
    if isinstance(error, Unfit):
        return Deferred(error.why, error.exims, code=error.code)
    words = error.strerror or (os.strerror(number) if number else str(error))
    doing = getattr(error, "__notes__", [f"error while writing to {mailbox}"])[-1]
    return Deferred(f"{words}: {doing}", number, code=_CODES.get(number, "4.3.0"))
