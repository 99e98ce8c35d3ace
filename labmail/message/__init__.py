"""The anatomy of a letter: the envelope beside it, its header, its body.

::

    Envelope   MAIL FROM:<alice@example.com>     said in the SMTP dialogue, read by servers
               RCPT TO:<bob@ask.com>
    ─────────────────────────────────────────
    Header     Received: from …                  written by each host on the road
               From: Alice <alice@example.com>   written by the author, read by people
               Subject: Lunch
    ─────────────────────────────────────────    an empty line
    Body       Dear Bob, …                       lines; with MIME, a tree of parts

Everything here is a value: bytes go in, are read when asked, and never come out changed. Nothing
touches a network, a disk or a clock. A malformed letter is a letter too: its bytes stay as they
are, and what is wrong stands in `problems`, with line and column.

Try: ``python -m labmail.message``.
"""

from .envelope import Envelope  # noqa: I001 - the order of reading
from .header import Header, split
from .field import Field, FieldError
from .body import Body
from .message import Message
from .compare import Comparison, compare
from .problem import Problem
from .part import Part
from .mime import MAX_DEPTH, MAX_PARTS, tree
from .parameters import Parameters, read_parameters, write_parameters
from .filename import safe_name
from .mailbox import Address, Group, Mailbox, mailboxes
from .address import AddressError, parse_address, parse_addresses, parse_mailbox
from .dates import DateError, parse_date, rfc5322_date
from .encoded import decode_words, encode_words
from .lexical import Misread
from .received import Hop, Hops, hops
from .outcome import Deferred, Delivered, Failed, Outcome
from .show import show_letter
from .shown import Shown

__all__ = [  # noqa: RUF022 - in the order a reader should meet them
    "Envelope",
    "Header",
    "split",
    "Field",
    "FieldError",
    "Body",
    "Message",
    "Comparison",
    "compare",
    "Problem",
    "Part",
    "MAX_DEPTH",
    "MAX_PARTS",
    "tree",
    "Parameters",
    "read_parameters",
    "write_parameters",
    "safe_name",
    "Address",
    "Group",
    "Mailbox",
    "mailboxes",
    "AddressError",
    "parse_address",
    "parse_addresses",
    "parse_mailbox",
    "DateError",
    "parse_date",
    "rfc5322_date",
    "decode_words",
    "encode_words",
    "Misread",
    "Hop",
    "Hops",
    "hops",
    "Outcome",
    "Delivered",
    "Deferred",
    "Failed",
    "show_letter",
    "Shown",
]
