"""Words of the dialogue with a program of this computer, as Exim says them.

They are fewer than on the network (`labmail.smtp.replies`) and have no enhanced codes: programs
that speak SMTP over a pipe have learnt them so.

Law: RFC 5321 §4.2; Exim specification, §5.3 under -bs, and chapter 14 under ``…_advertise_hosts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labmail.smtp import Limits

if TYPE_CHECKING:
    from labmail.mta.orders import Orders

VERBS = frozenset(
    [
        "HELO",
        "EHLO",
        "MAIL",
        "RCPT",
        "DATA",
        "BDAT",
        "NOOP",
        "QUIT",
        "RSET",
        "HELP",
        "VRFY",
        "EXPN",
        "ETRN",
        "AUTH",
        "STARTTLS",
    ]
)
COMMANDS = "AUTH STARTTLS HELO EHLO MAIL RCPT DATA BDAT NOOP QUIT RSET HELP"
"""What HELP names."""

OFFERS = (
    ("dsn_advertise_hosts", "DSN"),
    ("pipelining_advertise_hosts", "PIPELINING"),
    ("chunking_advertise_hosts", "CHUNKING"),
    ("tls_advertise_hosts", "STARTTLS"),
    ("prdr_enable", "PRDR"),
    ("smtputf8_advertise_hosts", "SMTPUTF8"),
)
"""Which option says that an extension is offered, in the order of the list. A program has no
address, so a list of hosts fits it only where it fits everybody."""


class Refusal(NamedTuple):
    """What an ACL has said: to the client, and for the log."""

    code: int
    text: str
    detail: str = ""


class Taken(NamedTuple):
    """What became of a letter."""

    code: int
    text: str


def offered(orders: Orders) -> list[str]:
    """The extensions that EHLO lists."""
    lines = [f"SIZE {orders.limits(Limits()).message}"]
    lines += ["8BITMIME"] if orders.main("accept_8bitmime") else []
    for option, name in OFFERS:
        value = orders.main(option)
        if value is True or (isinstance(value, str) and value.strip() == "*"):
            lines.append(name)
    return [*lines, "HELP"]
