"""The message store: where letters are kept for people until they fetch them.

In the order to read: `base`, what every store promises; `manner`, how a letter is to be written;
`lines`, LF on the disk and CRLF on the wire; `modes`, who may read what was written; `locks`, how
programs take turns; then the stores themselves, `mbox` (one file) and `maildir` (a file per
letter); and `contract`, the promises as a test that your own store can be put through.

Try: ``python -m labmail.store``.
"""

from .base import (
    LOCK_FAILED,
    BadMailbox,
    Delivery,
    LockedOut,
    MailboxBusy,
    Maildrop,
    MessageGone,
    NoSuchMessage,
    Store,
    StoredMessage,
    WrongMode,
    deferred,
)
from .lines import to_disk, to_wire
from .maildir import Maildir
from .manner import Locking, Manner
from .mbox import Mbox

__all__ = [
    "LOCK_FAILED",
    "BadMailbox",
    "Delivery",
    "LockedOut",
    "Locking",
    "MailboxBusy",
    "Maildir",
    "Maildrop",
    "Manner",
    "Mbox",
    "MessageGone",
    "NoSuchMessage",
    "Store",
    "StoredMessage",
    "WrongMode",
    "deferred",
    "to_disk",
    "to_wire",
]
