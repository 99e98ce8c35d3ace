"""The letter that a string may ask about.

    headers       From: … To: … Subject: …        $h_subject:    `headers` reads them
    body          what stands behind them         $message_body, $message_body_end
    size, lines   of the letter and of its body   $message_size, $body_linecount …
    envelope      from whom and to whom           $sender_address, $recipients

Everything in it was written by a stranger, so all text is tainted; numbers are ours.

Law: Exim specification, §11.9.

Try::

    >>> letter = Message([Header("Subject: hello\\n")], body="How are you?\\n")
    >>> letter.headers[0].name, letter.headers[0].value
    ('Subject', ' hello\\n')
"""

from __future__ import annotations

from collections.abc import Iterable

ADDRESSES = frozenset(("bcc", "cc", "from", "reply-to", "sender", "to"))
"""Header lines whose value is a list of addresses: several of them make one longer list."""


class Header:
    """One header line, with the lines that continue it and its newline."""

    __slots__ = ("name", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.name = text.partition(":")[0]

    @property
    def value(self) -> str:
        """Everything behind the colon."""
        return self.text[len(self.name) + 1 :]

    @property
    def kind(self) -> str:
        """The name in small letters, without blanks behind it and without ``resent-`` before it."""
        return self.name.rstrip(" \t").lower().removeprefix("resent-")

    @property
    def resent(self) -> bool:
        return self.name[:7].lower() == "resent-"

    def __repr__(self) -> str:
        return f"Header({self.text!r})"


class Message:
    """A letter, as far as strings can ask about it.

    Sizes and lines are counted by whoever reads it: ``linecount`` counts header lines, the empty
    line and the body; ``size`` is the letter as it came in, without header lines added here.
    """

    __slots__ = (
        "body",
        "body_linecount",
        "body_zerocount",
        "from_line",
        "headers",
        "id",
        "linecount",
        "received_time",
        "recipients",
        "sender",
        "size",
    )

    def __init__(
        self,
        headers: Iterable[Header] = (),
        *,
        body: str = "",
        sender: str = "",
        recipients: Iterable[str] = (),
        size: int = 0,
        linecount: int = 0,
        body_linecount: int = 0,
        body_zerocount: int = 0,
        id: str = "",
        received_time: float = 0.0,
    ) -> None:
        self.headers = list(headers)
        self.body = body
        self.sender = sender
        self.recipients = list(recipients)
        self.size = size
        self.linecount = linecount
        self.body_linecount = body_linecount
        self.body_zerocount = body_zerocount
        self.id = id
        self.received_time = received_time
        self.from_line: tuple[str, ...] = ()
        """What a mailbox said first, in its ``From `` line: Exim leaves it in $0 and $1."""
