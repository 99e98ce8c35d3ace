"""STARTTLS and AUTH: in which order, over what, and what becomes of the secrets."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

import pytest

from labmail.smtp import Limits, events
from labmail.trace import Said
from labmail.trust import Credentials, LabCA, encode_base64, encode_plain

from .gates import OpenGate
from .talk import Stage, Talk, on_stage

CA = LabCA()
SECRET = "s\u00e9cret word"
PLAIN = encode_base64(encode_plain(Credentials("alice", SECRET)))
LOGIN, PASSWORD = encode_base64(b"alice"), encode_base64(SECRET.encode())


def submission(**options: object) -> OpenGate:
    options.setdefault("tls", lambda: CA.server_context("mail.ask.com"))
    options.setdefault("mechanisms", ("PLAIN", "LOGIN"))
    return OpenGate(service="submission", **options)  # type: ignore[arg-type]


async def in_tls(stage: Stage) -> Talk:
    talk = await stage.greeted()
    assert (await talk.starttls(CA.client_context()))[:3] == "220"
    await talk.hello(greeting=False)
    return talk


def test_starttls_begins_anew() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.hear()
        assert "250-STARTTLS" in await talk.say("EHLO a.test")
        await talk.say("MAIL FROM:<a@b.c>")
        assert await talk.starttls(CA.client_context()) == "220 2.0.0 Ready to start TLS"
        assert (await talk.say("RCPT TO:<a@b.c>"))[:3] == "503"
        assert (await talk.say("MAIL FROM:<a@b.c>"))[:3] == "503"  # the greeting is forgotten too
        assert "STARTTLS" not in await talk.say("EHLO a.test")
        assert (await talk.say("STARTTLS")).startswith("503 5.5.1 TLS is already in use")
        assert (await talk.say("MAIL FROM:<a@b.c>"))[:3] == "250"
        await talk.say("RCPT TO:<a@b.c>")
        await talk.say("DATA")
        await talk.send(b"x" * 300_000, b"\r\n.\r\n")
        assert (await talk.hear())[:3] == "500"  # one line, much too long
        await talk.say("QUIT")
        [session] = stage.gate.closed_sessions or [None]
        [started] = stage.trace.find(events.TlsStarted)
        assert started.cipher == "TLS1.3:TLS_AES_256_GCM_SHA384:256"  # type: ignore[attr-defined]
        assert session is None or session.tls == started.cipher  # type: ignore[attr-defined]

    on_stage(main, submission())


def test_what_was_sent_ahead_in_the_clear_is_not_obeyed_in_secret() -> None:
    async def main(stage: Stage) -> None:  # CVE-2011-0411
        talk = await stage.greeted()
        await talk.send(b"STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<evil@x.y>\r\n")
        assert (await talk.hear())[:3] == "220"
        await talk.writer.start_tls(CA.client_context(), server_hostname="mail.ask.com")
        assert (await talk.say("NOOP")).startswith("250 2.0.0")
        assert (await talk.say("MAIL FROM:<a@b.c>"))[:3] == "503"
        assert stage.gate.asked == []
        [started] = stage.trace.find(events.TlsStarted)
        assert started.discarded == len(b"EHLO evil.test\r\nMAIL FROM:<evil@x.y>\r\n")  # type: ignore[attr-defined]

    on_stage(main, submission())


def test_starttls_where_there_is_none() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.hear()
        assert (await talk.say("STARTTLS"))[:3] == "503"
        assert "STARTTLS" not in await talk.say("EHLO a.test")
        assert (await talk.say("STARTTLS"))[:3] == "502"
        assert (await talk.say("AUTH PLAIN " + PLAIN))[:3] == "502"

    on_stage(main)


def test_starttls_takes_no_argument_and_needs_ehlo() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        assert (await talk.say("STARTTLS now")).startswith("501 5.5.4")
        await talk.say("HELO a.test")
        assert (await talk.say("STARTTLS"))[:3] == "503"

    on_stage(main, submission())


def test_a_handshake_that_fails_ends_the_connection() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.say("STARTTLS")
        await talk.send(b"EHLO in.the.clear\r\n")
        with pytest.raises(ConnectionError):
            if await talk.rest() == "":
                raise ConnectionResetError
        talk = await stage.greeted()
        with pytest.raises(ssl.SSLCertVerificationError):
            await talk.starttls(LabCA().client_context())
        await asyncio.sleep(1)
        failed = stage.trace.find(events.TlsStarted, ok=False)
        assert len(failed) == 2 and "WRONG_VERSION" in failed[0].answer, failed
        assert all(e.answer == "TLS failed." for e in stage.trace.find(events.Ended))

    on_stage(main, submission())


def test_a_client_that_never_shakes_hands() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.say("STARTTLS")
        with contextlib.suppress(ConnectionResetError):
            assert await talk.rest() == ""
        assert stage.world.clock.time() - stage.world.clock._epoch <= 300
        await asyncio.sleep(1000)

    on_stage(main, submission())


def test_auth_is_offered_inside_tls_only() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.call()
        await talk.hear()
        assert "AUTH" not in await talk.say("EHLO a.test")
        assert (await talk.say("AUTH PLAIN " + PLAIN)).startswith("538 5.7.11")
        await talk.starttls(CA.client_context())
        assert "250-AUTH PLAIN LOGIN" in await talk.say("EHLO a.test")
        assert await talk.say("AUTH PLAIN " + PLAIN) == "235 2.7.0 Authentication succeeded"
        assert (await talk.say("AUTH PLAIN " + PLAIN)).startswith("503 5.5.1 Already")
        await talk.say("MAIL FROM:<a@b.c>")
        await talk.say("RCPT TO:<a@b.c>")
        await talk.say("DATA")
        assert (await talk.say("\r\n."))[:3] == "250"
        session = stage.gate.letters[0].session
        assert (session.user, session.mechanism, session.protocol) == ("alice", "PLAIN", "esmtpsa")

    on_stage(main, submission())


@pytest.mark.parametrize(
    "lines",
    [
        ["AUTH PLAIN", PLAIN],
        ["auth plain " + PLAIN],
        ["AUTH LOGIN", LOGIN, PASSWORD],
        ["AUTH LOGIN " + LOGIN, PASSWORD],
        ["AUTH PLAIN " + encode_base64(encode_plain(Credentials("alice", SECRET, "alice")))],
    ],
)
def test_ways_to_log_in(lines: list[str]) -> None:
    async def main(stage: Stage) -> None:
        talk = await in_tls(stage)
        for line in lines[:-1]:
            assert (await talk.say(line))[:3] == "334"
        assert (await talk.say(lines[-1]))[:3] == "235"

    on_stage(main, submission())


def test_the_questions_of_login() -> None:
    async def main(stage: Stage) -> None:
        talk = await in_tls(stage)
        assert await talk.say("AUTH PLAIN") == "334 "
        assert (await talk.say("*")).startswith("501 5.7.0")
        assert await talk.say("AUTH LOGIN") == "334 VXNlcm5hbWU6"
        assert await talk.say(LOGIN) == "334 UGFzc3dvcmQ6"
        assert (await talk.say("*")).startswith("501 5.7.0")
        assert await talk.say("AUTH LOGIN =") == "334 UGFzc3dvcmQ6"

    on_stage(main, submission())


@pytest.mark.parametrize(
    ("lines", "reply"),
    [
        (["AUTH"], "501 5.5.4"),
        (["AUTH PLAIN a b"], "501 5.5.4"),
        (["AUTH CRAM-MD5"], "504 5.5.4"),
        (["AUTH PLAIN !"], "501 5.5.2"),
        (["AUTH PLAIN ="], "501 5.5.2"),
        (["AUTH PLAIN " + LOGIN], "501 5.5.2"),
        (["AUTH PLAIN", "not base64"], "501 5.5.2"),
        (["AUTH PLAIN", ""], "501 5.5.2"),
        (["AUTH LOGIN", "!"], "501 5.5.2"),
        (["AUTH PLAIN", PLAIN[:8] + "\n" + PLAIN[8:]], "500 5.5.2"),
        (["AUTH PLAIN", "x" * 13_000], "500 5.5.6"),
        (["AUTH PLAIN " + encode_base64(b"\0alice\0wrong")], "535 5.7.8"),
        (["AUTH PLAIN " + encode_base64(b"\0mallory\0x")], "535 5.7.8"),
        (["AUTH PLAIN " + encode_base64(f"bob\0alice\0{SECRET}".encode())], "535 5.7.8"),
        (["AUTH LOGIN", LOGIN, encode_base64(b"wrong")], "535 5.7.8"),
        (["AUTH LOGIN", LOGIN, ""], "535 5.7.8"),
        (["MAIL FROM:<a@b.c>", "AUTH PLAIN " + PLAIN], "503 5.5.1"),
    ],
)
def test_ways_not_to_log_in(lines: list[str], reply: str) -> None:
    async def main(stage: Stage) -> None:
        talk = await in_tls(stage)
        for line in lines[:-1]:
            assert (await talk.say(line))[:3] in ("334", "250")
        assert (await talk.say(lines[-1])).startswith(reply)
        assert (await talk.say("NOOP"))[:3] == "250"
        assert all(s.user is None for s in stage.gate.closed_sessions)

    on_stage(main, submission())


def test_guessing_passwords_has_an_end() -> None:
    async def main(stage: Stage) -> None:
        talk = await in_tls(stage)
        wrong = "AUTH PLAIN " + encode_base64(b"\0alice\0wrong")
        heard = [(await talk.say(wrong))[:3] for _ in range(3)]
        assert heard == ["535", "535", "421"]
        assert len(stage.trace.find(events.Authenticated, accepted=False)) == 3

    on_stage(main, submission(limits=Limits(failed_logins=3)))


def test_a_gate_that_cannot_tell_is_454() -> None:
    class Broken(OpenGate):
        async def authenticate(self, session, login, password):  # type: ignore[no-untyped-def]
            raise OSError("the password file is gone")

    async def main(stage: Stage) -> None:
        assert (await (await stage.greeted()).say("AUTH PLAIN " + PLAIN)).startswith("454 4.7.0")

    on_stage(main, Broken(mechanisms=("PLAIN",), auth_without_tls=True))


def test_going_away_while_logging_in() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.say("AUTH LOGIN")
        talk.writer.close()
        await stage.world.clock.settle()
        assert len(stage.trace.find(events.Ended)) == 1
        talk = await stage.greeted()
        await talk.say("AUTH LOGIN")
        assert (await talk.rest()).startswith("421 4.4.2")

    on_stage(main, OpenGate(mechanisms=("LOGIN",), auth_without_tls=True))


def test_no_secret_is_ever_told() -> None:
    async def main(stage: Stage) -> None:
        talk = await stage.greeted()
        await talk.say("AUTH PLAIN " + PLAIN)  # in the clear: refused, but said
        await talk.say("AUTH LOGIN")
        await talk.say(LOGIN)  # a client that does not listen goes on
        await talk.say(PASSWORD)
        await talk.say("NOOP")
        await talk.starttls(CA.client_context())
        await talk.hello(greeting=False)
        await talk.say("AUTH LOGIN")
        await talk.say(LOGIN)
        assert (await talk.say(PASSWORD))[:3] == "235"
        told = " ".join(repr(event) for event in stage.trace.events)
        for secret in (SECRET, PLAIN, PASSWORD, repr(SECRET)[1:-1]):
            assert secret not in told
        masked = [e.text for e in stage.trace.find(Said, masked=True)]  # type: ignore[attr-defined]
        assert masked == ["AUTH PLAIN ***\r\n"] + ["***\r\n"] * 4
        assert [e.login for e in stage.trace.find(events.Authenticated)] == ["alice"]  # type: ignore[attr-defined]

    on_stage(main, submission())
