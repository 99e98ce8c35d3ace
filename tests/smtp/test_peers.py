"""Real programs, through the door: swaks, curl and openssl speak to the server as it is."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from labmail.smtp import Limits, Reply
from labmail.trust import LabCA
from labmail.world import Endpoint

from .gates import OpenGate
from .talk import SERVER, Stage, on_stage

CA = LabCA()


def submission() -> OpenGate:
    return OpenGate(
        service="submission",
        tls=CA.server_context("mail.ask.com", "127.0.0.1"),
        mechanisms=("PLAIN", "LOGIN"),
        users={"alice": "secret"},
        limits=Limits(message=5_000_000),
    )


def in_the_clear() -> OpenGate:
    """For swaks, which speaks TLS only where a further Perl module is installed."""
    return OpenGate(mechanisms=("PLAIN", "LOGIN"), users={"alice": "secret"}, auth_without_tls=True)


async def door(stage: Stage) -> Endpoint:
    return await stage.world.network.endpoint(SERVER, 25)


async def run(*words: str, stdin: bytes = b"") -> tuple[int, str]:
    """Runs a program; gives its exit code and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        out, _ = await process.communicate(stdin)
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, out.decode("utf-8", "replace")


@pytest.mark.peer("swaks")
@pytest.mark.parametrize("auth", [[], ["--auth", "PLAIN"], ["--auth", "LOGIN"]])
def test_swaks(auth: list[str]) -> None:
    async def main(stage: Stage) -> None:
        host, port = await door(stage)
        login = [*auth, "--auth-user", "alice", "--auth-password", "secret"] if auth else []
        code, out = await run(
            "swaks", "--server", host, "--port", str(port), "--ehlo", "pc.test", "--from", "a@b.c",
            "--to", "bob@ask.com,carol@ask.com", "--body", ".dot\n..two\n", *login,
        )  # fmt: skip
        assert code == 0, out
        [letter] = stage.gate.letters
        assert letter.recipients == ["bob@ask.com", "carol@ask.com"]
        assert b"\r\n.dot\r\n..two\r\n" in letter.content
        assert letter.session.client[0] == "192.0.2.1"  # the visitor
        assert letter.session.protocol == ("esmtpa" if auth else "esmtp")

    on_stage(main, in_the_clear())


@pytest.mark.peer("swaks")
def test_swaks_pipelining_and_a_wrong_password() -> None:
    async def main(stage: Stage) -> None:
        host, port = await door(stage)
        common = [
            "swaks",
            "--server",
            host,
            "--port",
            str(port),
            "--ehlo",
            "pc.test",
            "--from",
            "a@b.c",
        ]
        code, out = await run(*common, "--pipeline", "--to", "bob@ask.com,carol@ask.com")
        assert code == 0, out
        code, out = await run(
            *common, "--to", "b@c.d", "-a", "PLAIN", "-au", "alice", "-ap", "wrong"
        )
        assert code == 28 and "535 5.7.8" in out
        assert len(stage.gate.letters) == 1

    on_stage(main, in_the_clear())


@pytest.mark.peer("curl")
def test_curl_checks_our_certificate_and_logs_in(tmp_path: Path) -> None:
    async def main(stage: Stage) -> None:
        host, port = await door(stage)
        (tmp_path / "ca.pem").write_text(CA.certificate)
        (tmp_path / "letter").write_bytes(b"Subject: x\r\n\r\n" + b"0123456789abcdef\r\n" * 100_000)
        code, out = await run(
            "curl", "-sS", "--cacert", str(tmp_path / "ca.pem"), "--ssl-reqd",
            "--url", f"smtp://{host}:{port}/pc.test", "--user", "alice:secret",
            "--mail-from", "alice@example.com", "--mail-rcpt", "bob@ask.com",
            "--upload-file", str(tmp_path / "letter"), "--noproxy", "*",
        )  # fmt: skip
        assert code == 0, out
        assert stage.gate.letters[0].content == (tmp_path / "letter").read_bytes()
        assert stage.gate.letters[0].transaction.size == 1_800_014

    on_stage(main, submission())


@pytest.mark.peer("curl")
def test_curl_verifies_and_asks_for_help() -> None:
    async def main(stage: Stage) -> None:
        host, port = await door(stage)
        url = ["curl", "-sS", "--noproxy", "*", "--url", f"smtp://{host}:{port}/pc.test"]
        code, out = await run(*url, "--request", "VRFY bob")
        assert out.startswith("252 2.5.0")
        code, out = await run(*url, "--request", "HELP")
        assert "214-2.0.0 Commands" in out and code == 0

    on_stage(main)


@pytest.mark.peer("curl")
def test_a_web_browser_goes_away_with_nothing() -> None:
    async def main(stage: Stage) -> None:
        host, port = await door(stage)
        letter = "EHLO x.test\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<b@c.d>\r\nDATA\r\n.\r\n"
        code, out = await run(
            "curl",
            "-sS",
            "--http0.9",
            "--noproxy",
            "*",
            "-m",
            "20",
            "-d",
            letter,
            f"http://{host}:{port}/",
        )
        assert "554 5.5.1" in out, (code, out)
        assert stage.gate.letters == []

    on_stage(main)


@pytest.mark.peer("openssl")
def test_openssl_s_client() -> None:
    async def main(stage: Stage) -> None:
        host, port = await door(stage)
        _, out = await run(
            "openssl", "s_client", "-starttls", "smtp", "-connect", f"{host}:{port}",
            "-crlf", "-quiet", "-verify_quiet", stdin=b"EHLO pc.test\nNOOP\nQUIT\n",
        )  # fmt: skip
        assert "250-AUTH PLAIN LOGIN" in out and "221 2.0.0" in out, out

    on_stage(main, submission())


SMTPLIB = """
import smtplib, ssl, sys
host, port, ca = sys.argv[1], int(sys.argv[2]), sys.argv[3]
with smtplib.SMTP(host, port, local_hostname="pc.test", timeout=20) as smtp:
    smtp.starttls(context=ssl.create_default_context(cafile=ca))
    smtp.login("alice", "secret")
    letter = b"Subject: x\\r\\n\\r\\n.\\r\\n"
    print(smtp.sendmail("alice@example.com", ["bob@ask.com", "no@ask.com"], letter))
    print(smtp.verify("bob")[0], smtp.noop()[0], smtp.help().decode().splitlines()[0])
"""


def test_smtplib(tmp_path: Path) -> None:
    async def main(stage: Stage) -> None:
        host, port = await door(stage)
        (tmp_path / "ca.pem").write_text(CA.certificate)
        stage.gate.refuse["no@ask.com"] = Reply(550, "unknown", "5.1.1")
        words = [sys.executable, "-c", SMTPLIB, host, str(port), str(tmp_path / "ca.pem")]
        code, out = await run(*words)
        assert code == 0, out
        assert out.splitlines() == [
            "{'no@ask.com': (550, b'5.1.1 unknown')}",
            "252 250 2.0.0 Commands known here:",
        ]
        assert stage.gate.letters[0].content == b"Subject: x\r\n\r\n.\r\n"

    on_stage(main, submission())
