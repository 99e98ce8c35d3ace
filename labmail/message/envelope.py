"""The envelope: from whom and to whom, for the servers. RFC 5321 §2.3.1.

::

    C: MAIL FROM:<alice@example.com>     the reverse-path: where a bounce would go
    C: RCPT TO:<bob@ask.com>             a forward-path: who gets a copy
    C: RCPT TO:<carol@ask.com>           another
    C: DATA                              and only here begins the message

It is not part of the message: it is said before, in the SMTP dialogue, and said anew by each host.
No server compares it with `From:` and `To:`. At final delivery the reverse-path is written down as
`Return-path:`, and in Debian's Exim the forward-path as `Envelope-to:`; the rest is gone.

Try::

    >>> Envelope("alice@example.com", ("bob@ask.com",)).replace(sender="").sender
    ''
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .show import show_envelope
from .shown import Shown


@dataclass(frozen=True)
class Envelope:
    """``sender`` is an address, or ``""`` for the null reverse-path ``<>`` of a bounce (§4.5.5);
    ``recipients`` are addresses in the order of the RCPT commands.

    Nothing is checked but that each can stand in one line of SMTP: an address that a server should
    refuse must be sayable. Raises `ValueError` for a line end or NUL.
    """

    sender: str
    recipients: tuple[str, ...]

    def __init__(self, sender: str, recipients: Iterable[str]) -> None:
        if isinstance(recipients, str):
            recipients = (recipients,)
        object.__setattr__(self, "sender", _one_line("sender", sender))
        object.__setattr__(
            self, "recipients", tuple(_one_line("recipient", address) for address in recipients)
        )

    def replace(
        self, sender: str | None = None, recipients: Iterable[str] | None = None
    ) -> Envelope:
        """A new envelope; what is None stays as it was."""
        return Envelope(
            self.sender if sender is None else sender,
            self.recipients if recipients is None else recipients,
        )

    @property
    def commands(self) -> tuple[str, ...]:
        """The envelope as the client will say it, without parameters."""
        return (
            f"MAIL FROM:<{self.sender}>",
            *(f"RCPT TO:<{recipient}>" for recipient in self.recipients),
        )

    def show(self) -> Shown:
        """For the notebook: the envelope as SMTP says it."""
        return show_envelope(self)

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def __str__(self) -> str:
        return str(self.show())


def _one_line(what: str, address: str) -> str:
    strange = re.search(r"[\r\n\0]", address)
    if strange is None:
        return address
    found = "a NUL" if strange.group() == "\0" else "a line end"
    raise ValueError(
        f"envelope {what} {address!r}: found {found} at position {strange.start()}; what follows "
        "it would be read as a command of its own (RFC 5321 §4.1.1)"
    )
