"""Sensible lines, mutated: each is answered once, in printable ASCII, and nothing breaks."""

from __future__ import annotations

import logging
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labmail.smtp import Limits
from labmail.trace import Said

from .gates import OpenGate
from .talk import Stage, on_stage

CAPLOG = HealthCheck.function_scoped_fixture  # cleared by hand, below

LINES = [
    b"EHLO mail.example.com", b"HELO x", b"MAIL FROM:<alice@example.com> SIZE=100 BODY=8BITMIME",
    b"MAIL FROM:<>", b'RCPT TO:<"bob b"@ask.com>', b"RCPT TO:<@a.b:bob@[IPv6:::1]>", b"DATA", b".",
    b"RSET", b"NOOP x", b"VRFY bob", b"HELP MAIL", b"STARTTLS", b"AUTH LOGIN",
    b"AUTH PLAIN AGEAYg==", b"YWxpY2U=", b"*", b"EXPN x", b"Received: by x", b"",
]  # fmt: skip

REPLY = re.compile(rb"(?:[2-5][0-9]{2}-[ -~]*\r\n)*[2-5][0-9]{2} [ -~]*\r\n")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    line = bytearray(draw(st.sampled_from(LINES)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(line)))
        line[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    return bytes(line)


@settings(max_examples=120, deadline=None, suppress_health_check=[CAPLOG])
@given(st.lists(mutated(), max_size=25), st.integers(1, 40))
def test_a_mutated_conversation(
    caplog: pytest.LogCaptureFixture, lines: list[bytes], cut: int
) -> None:
    caplog.clear()
    wire = b"".join(line + b"\r\n" for line in lines) + b"QUIT\r\n"

    async def main(stage: Stage) -> None:
        talk = await stage.call()
        for at in range(0, len(wire), cut):
            await talk.send(wire[at : at + cut])
        talk.writer.write_eof()
        heard = (await talk.rest()).encode("latin-1")
        replies = REPLY.findall(heard)
        assert b"".join(replies) == heard
        said = stage.trace.find(Said, speaker="C")  # lines, answers to 334, letters up to the dot
        assert len(replies) == 1 + len(said)

    mechanisms = ("PLAIN", "LOGIN")
    on_stage(main, OpenGate(mechanisms=mechanisms, auth_without_tls=True, limits=Limits(errors=99)))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
