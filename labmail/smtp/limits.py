"""How much a server takes, of everything that a client can send without end.

RFC 5321 §4.5.3 names what every server must be able to take and what it may refuse. A limit that is
reached is answered in words, and costs no memory: what is too much is read and thrown away.

===============  ========  =============================================================
limit            here      source
===============  ========  =============================================================
command line     512       RFC 5321 §4.5.3.1.4: with the verb and the CRLF
MAIL line        1192      + SIZE 26 (RFC 1870 §3), BODY 17 (RFC 6152), AUTH 500 (RFC 4954),
                           SMTPUTF8 10 (RFC 6531 §3.1), RET and ENVID 127 (RFC 3461 §4.4)
RCPT line        1048      + NOTIFY and ORCPT 536 (RFC 3461 §4.2)
AUTH line        12,288    RFC 4954 §4.(3)
text line        65,536    must take 1,000 (§4.5.3.1.6); longer ones are taken with a stated end
message          50 MiB    must take 64 KiB (§4.5.3.1.7); announced by SIZE
recipients       50,000    must take 100 (§4.5.3.1.8)
hops             30        RFC 5321 §6.3 asks for a large number; Exim's received_headers_max is 30
errors           10        our choice; §4.3.2 allows 421 at any time
failed logins    5         our choice
idle             300 s     RFC 5321 §4.5.3.2.7
letter           1 h       and a second for each 1,000 octets: our choice, against who dribbles
connections      500       our choice; who has got no further for longest makes room (421)
… of one client  300       the same, for each client address
letters at once  256 MiB   our choice; of all that are coming in, the largest makes room (421)
===============  ========  =============================================================

Try: ``Limits(recipients=2)`` in a town, and send to three.
"""

from __future__ import annotations

from dataclasses import dataclass

from labmail.world.crowd import MOST, MOST_OF_ONE

LONGER = {"MAIL": 26 + 17 + 500 + 10 + 127, "RCPT": 536, "VRFY": 10, "EXPN": 10}
"""Octets by which extensions lengthen a line; see the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one server; see the table at the module's head. Octets, counts and seconds."""

    command: int = 512
    auth_line: int = 12_288
    text_line: int = 65_536
    message: int = 50 * 1024 * 1024
    recipients: int = 50_000
    hops: int = 30
    errors: int = 10
    failed_logins: int = 5
    idle: float = 300.0
    letter: float = 3600.0
    pace: float = 1000.0
    """Octets of a letter that lengthen its hour by a second."""
    under_way: int = 256 * 1024 * 1024
    connections: int = MOST
    connections_of_one: int = MOST_OF_ONE

    def line(self, verb: str) -> int:
        """The longest line, CRLF included, that may carry ``verb``.

        >>> Limits().line("NOOP"), Limits().line("MAIL"), Limits().line("AUTH")
        (512, 1192, 12288)
        """
        if verb == "AUTH":
            return self.auth_line
        return self.command + LONGER.get(verb, 0)

    @property
    def longest_line(self) -> int:
        """The longest line of any command: more than this is not kept while it is read."""
        return max(self.auth_line, self.line("MAIL"))
