"""Lines and queries as no honest program sends them: real ones, with a few octets changed."""

from __future__ import annotations

import random

import dns.message

OF_SMTP = (
    b"EHLO client.test", b"HELO x", b"MAIL FROM:<a@b.test> SIZE=10 BODY=8BITMIME", b"MAIL FROM:<>",
    b"MAIL FROM:<a@b.test> SMTPUTF8 RET=HDRS ENVID=x+2By", b"RCPT TO:<bob@ask.com>",
    b"RCPT TO:<bob@ask.com> NOTIFY=NEVER ORCPT=rfc822;bob@ask.com", b"RCPT TO:<@a,@b:bob@ask.com>",
    b'RCPT TO:<"b\\"ob"@[128.10.30.2]>', b"DATA", b".", b"..", b"BDAT 4 LAST", b"BDAT 0", b"RSET",
    b"NOOP x", b"VRFY bob", b"EXPN x", b"HELP MAIL", b"STARTTLS", b"AUTH PLAIN AGEAYg==",
    b"AUTH LOGIN", b"*", b"=", b"QUIT x", b"GET / HTTP/1.0", b"",
)  # fmt: skip
OF_POP3 = (
    b"USER bob", b"PASS x", b"CAPA", b"STAT", b"LIST", b"LIST 1", b"RETR 1", b"TOP 1 0", b"UIDL 1",
    b"DELE 1", b"RSET", b"NOOP", b"APOP bob x", b"AUTH PLAIN", b"STLS", b"",
)  # fmt: skip
OF_DNS = tuple(
    dns.message.make_query(name, rdtype, **options).to_wire()
    for name in ("ask.com", "nobody.ask.com", "elsewhere.test", ".")
    for rdtype in ("MX", "ANY", "AXFR", "TXT")
    for options in ({}, {"use_edns": 0, "payload": 4096, "want_dnssec": True})
)
ENDS = (b"\r\n",) * 6 + (b"\n", b"\r", b"", b"\0\r\n", b"\r\r\n")


def mutated(dice: random.Random, seeds: tuple[bytes, ...]) -> bytes:
    """One of the seeds, with up to four places cut, filled with chance, or doubled."""
    octets = bytearray(dice.choice(seeds))
    for _ in range(dice.randrange(5)):
        at = dice.randrange(len(octets) + 1)
        new = dice.choice((b"", dice.randbytes(dice.randrange(4)), octets[at : at + 9] * 2))
        octets[at : at + dice.randrange(3)] = new
    return bytes(octets)


def line(dice: random.Random, seeds: tuple[bytes, ...]) -> bytes:
    """A mutated line, with an end that is mostly right."""
    return mutated(dice, seeds) + dice.choice(ENDS)


def frame(dice: random.Random) -> bytes:
    """A mutated query as it goes over TCP, with a length that is mostly right."""
    octets = mutated(dice, OF_DNS)
    length = len(octets) if dice.random() < 0.9 else dice.randrange(1 << 16)
    return length.to_bytes(2, "big") + octets
