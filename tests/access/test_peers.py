"""Programs of the world outside, through a door: curl, fetchmail, mutt, Python's poplib."""

from __future__ import annotations

import mailbox
import os
import poplib
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from labmail.access import Passwords, User, serve
from labmail.store import Delivery, Maildir, Mbox, Store
from labmail.trace import Recorder
from labmail.world import HostFiles, LabLoop, LoopThread, World, make_world

from .pop3_lab import LETTERS, SERVER

MAIL = (LETTERS[0], LETTERS[1], b"Subject: big\r\n\r\n" + b"x" * 70 + b"\r\n.\r\n" * 40_000)


class Outside:
    """A lab in its own thread, and the door of its POP3 server."""

    def __init__(self, root: Path, kind: str) -> None:
        self.root, self.loop = root, LabLoop()
        self.thread = LoopThread(self.loop)
        self.host, self.port = self.thread.call(self._start(kind))

    async def _start(self, kind: str) -> tuple[str, int]:
        world: World = make_world(self.loop)
        files = HostFiles(self.root / "host", world.disk)
        self.mailbox = "/var/mail/bob" if kind == "mbox" else "/home/bob/Maildir"
        self.store: Store = Mbox(files, world.clock)
        if kind == "maildir":
            self.store = Maildir(files, world.clock, world.chance, "mail.ask.com")
        self.store.deliver([Delivery(c, "a@b", "bob@ask.com", self.mailbox) for c in MAIL])
        bob = User("bob", "bob@ask.com", self.mailbox, self.store)
        world.network.add_host(SERVER)
        self.world, self.trace = world, Recorder(world.clock.time)
        await serve(
            world.network,
            SERVER,
            accounts=Passwords({"bob": ("secret", bob)}),
            clock=world.clock,
            trace=self.trace,
            hostname="mail.ask.com",
        )
        return await world.network.endpoint(SERVER, 110)

    def url(self, path: str = "") -> str:
        return f"pop3://bob:secret@{self.host}:{self.port}/{path}"

    def contents(self) -> list[bytes]:
        for _ in range(100):
            try:
                with self.store.open(self.mailbox) as maildrop:
                    return [maildrop.read(message.number) for message in maildrop.messages]
            except OSError:
                time.sleep(0.02)  # the session of a program that has just hung up
        raise AssertionError("the maildrop is still open")

    def stop(self) -> None:
        self.thread.call(self.world.network.close())
        self.thread.stop()


@pytest.fixture(params=["mbox", "maildir"])
def outside(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outside]:
    lab = Outside(tmp_path, request.param)
    yield lab
    lab.stop()


def run(*command: str, home: Path | None = None) -> bytes:
    environment = {**os.environ, "HOME": str(home)} if home else None
    done = subprocess.run(command, capture_output=True, timeout=30, env=environment)
    assert done.returncode in (0, 1), done.stderr.decode()
    return done.stdout


def test_poplib(outside: Outside) -> None:
    pop3 = poplib.POP3(outside.host, outside.port, timeout=10)
    assert "USER" in pop3.capa()
    pop3.user("bob")
    pop3.pass_("secret")
    assert pop3.stat() == (3, sum(map(len, MAIL)))
    for number, letter in enumerate(MAIL, 1):
        _, lines, octets = pop3.retr(number)
        assert b"".join(line + b"\r\n" for line in lines) == letter
        assert octets == len(letter)
    assert pop3.top(2, 1)[1] == MAIL[1].split(b"\r\n")[:4]
    assert len(pop3.uidl()[1]) == 3
    pop3.dele(2)
    pop3.quit()
    assert outside.contents() == [MAIL[0], MAIL[2]]


@pytest.mark.peer("curl")
def test_curl(outside: Outside) -> None:
    listing = run("curl", "-sS", outside.url())
    assert listing == b"".join(b"%d %d\r\n" % (n, len(m)) for n, m in enumerate(MAIL, 1))
    for number, letter in enumerate(MAIL, 1):
        assert run("curl", "-sS", outside.url(str(number))) == letter
    assert run("curl", "-sS", "-X", "TOP 2 0", outside.url()) == MAIL[1].split(b"one")[0]
    assert run("curl", "-sS", "-X", "UIDL", outside.url()).count(b"\r\n") == 3
    run("curl", "-sS", "-I", "-X", "DELE", outside.url("1"))
    assert outside.contents() == list(MAIL[1:])


@pytest.mark.peer("curl")
def test_curl_with_a_wrong_password(outside: Outside) -> None:
    url = outside.url().replace("secret", "wrong")
    done = subprocess.run(["curl", "-sS", url], capture_output=True, timeout=30)
    assert done.returncode == 67  # "login denied"
    done = subprocess.run(["curl", "-sS", outside.url("9")], capture_output=True, timeout=30)
    assert done.returncode != 0


@pytest.mark.peer("fetchmail")
def test_fetchmail(outside: Outside, tmp_path: Path) -> None:
    control, out = tmp_path / "fetchmailrc", tmp_path / "fetched"
    control.write_text(
        f"poll {outside.host} service {outside.port} protocol POP3 uidl no dns\n"
        f'user bob password secret keep sslproto "" mda "cat >> {out}"\n'
    )
    control.chmod(0o600)
    command = ("fetchmail", "-f", str(control), "--nosyslog", "--nodetach", "--invisible")
    run(*command, home=tmp_path)
    fetched = out.read_bytes().replace(b"\r\n", b"\n")
    for letter in MAIL:
        body = letter.split(b"\r\n\r\n", 1)[1].replace(b"\r\n", b"\n")
        assert body in fetched
    out.unlink()
    run(*command, home=tmp_path)
    assert not out.exists(), "seen letters were fetched again: unique ids have changed"
    control.write_text(control.read_text().replace(" keep ", " nokeep fetchall "))
    run(*command, home=tmp_path)
    assert outside.contents() == []


@pytest.mark.peer("mutt")
def test_mutt(outside: Outside, tmp_path: Path) -> None:
    copy = tmp_path / "copied"
    (tmp_path / "muttrc").write_text(
        f"set folder={tmp_path} ssl_starttls=no ssl_force_tls=no pop_checkinterval=600 move=no\n"
        "set confirmappend=no confirmcreate=no mbox_type=mbox quit=yes delete=yes\n"
        f'push "<tag-pattern>~A<enter><tag-prefix><copy-message><kill-line>{copy}<enter>'
        '<first-entry><delete-message><quit>"\n'
    )
    url = f"pop://bob:secret@{outside.host}:{outside.port}"
    in_a_terminal(["mutt", "-n", "-F", str(tmp_path / "muttrc"), "-f", url], tmp_path)
    box = mailbox.mbox(copy, create=False)
    assert [message["subject"] for message in box] == ["lunch", "tea", "big"]
    assert b"\n.dot\n..\n.\nFriday?\n" in copy.read_bytes()
    assert outside.contents() == list(MAIL[1:])


def in_a_terminal(command: list[str], home: Path) -> None:
    """Runs a program that wants a screen; what it draws is only shown if it does not end."""
    environment = {**os.environ, "HOME": str(home), "TERM": "vt100", "LINES": "24", "COLUMNS": "80"}
    pid, screen = pty.fork()
    if not pid:
        os.execvpe(command[0], command, environment)
    drawn, ended = b"", False
    try:
        while select.select([screen], [], [], 20)[0]:
            drawn += os.read(screen, 4096)
    except OSError:
        ended = True
    if not ended:
        os.kill(pid, signal.SIGKILL)
    os.close(screen)
    os.waitpid(pid, 0)
    assert ended, f"{command[0]} waits for something; it shows {drawn[-500:]!r}"
