from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labmail.message.outcome import Deferred, Delivered
from labmail.store import LockedOut, Locking, MailboxBusy
from labmail.store.base import LOCK_FAILED
from labmail.store.contract.case import LUNCH, TEA, Case
from labmail.store.locks import MARK, DotLock, SessionLock, Strangers

ROOT = Path(__file__).parents[2]


@contextmanager
def another_program(code: str, *args: str) -> Iterator[subprocess.Popen[str]]:
    """Runs Python code elsewhere until it has said a line; kills it at the end."""
    command = [sys.executable, "-c", textwrap.dedent(code), *args]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as child:
        assert child.stdout and child.stdout.readline() == "ready\n"
        try:
            yield child
        finally:
            child.kill()


HOLD_FCNTL = """
    import fcntl, sys
    file = open(sys.argv[1], "r+b")
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("ready", flush=True)
    sys.stdin.read()
"""
HOLD_OURS = """
    import sys
    from pathlib import Path
    from labmail.store.locks import DotLock, SessionLock, Strangers
    mailbox = Path(sys.argv[1])
    locks = DotLock(mailbox, "", Strangers(lambda: 0.0)), SessionLock(mailbox, "")
    print("ready", flush=True)
    sys.stdin.read()
"""


def lock_of(case: Case, name: str = "/var/mail/bob.lock") -> Path:
    case.files.mkdir("/var/mail")
    return case.files.real(name)


def test_a_dot_lock_of_somebody_else_is_believed(mbox: Case) -> None:
    mbox.deliver(LUNCH)
    lock_of(mbox).touch()
    (outcome,) = mbox.deliver(TEA)
    assert isinstance(outcome, LockedOut) and outcome.errno == LOCK_FAILED
    assert outcome.why == "failed to lock mailbox /var/mail/bob (lock file)"
    with pytest.raises(MailboxBusy) as busy:
        mbox.open()
    assert not busy.value.session
    assert busy.value.why == "/var/mail/bob is locked: another program holds /var/mail/bob.lock"
    lock_of(mbox).unlink()
    mbox.deliver(TEA)
    assert mbox.contents() == [LUNCH, TEA]


def test_but_not_for_ever(mbox: Case) -> None:
    lock_of(mbox).touch()
    mbox.deliver(TEA)
    clock, loop = mbox.world.clock, mbox.world.loop
    loop.run_until_complete(clock.advance("29m"))
    assert isinstance(mbox.deliver(TEA)[0], Deferred)
    loop.run_until_complete(clock.advance("1m"))
    assert isinstance(mbox.deliver(TEA)[0], Delivered)
    assert not lock_of(mbox).exists()


def test_a_new_dot_lock_starts_its_own_half_hour(mbox: Case) -> None:
    lock_of(mbox).touch()
    mbox.deliver(TEA)
    mbox.world.loop.run_until_complete(mbox.world.clock.advance("1h"))
    lock_of(mbox).rename(lock_of(mbox, "/var/mail/old"))
    lock_of(mbox).write_text("4711\n")
    assert isinstance(mbox.deliver(TEA)[0], Deferred)


def test_where_the_clock_is_the_machines_the_date_of_the_file_counts(mbox: Case) -> None:
    path = lock_of(mbox, "/var/mail/bob")
    lock_of(mbox).touch()
    young = Strangers(lambda: 0.0, lambda touched: time.time() - touched)
    old = Strangers(lambda: 0.0, lambda touched: time.time() - touched + 1800)
    with pytest.raises(MailboxBusy):
        DotLock(path, "bob", young)
    with pytest.raises(MailboxBusy):
        DotLock(path, "bob", old, Locking(file_timeout=2000))
    with pytest.raises(MailboxBusy):
        DotLock(path, "bob", old, Locking(file_timeout=0))
    DotLock(path, "bob", old).release()
    assert not lock_of(mbox).exists()


def test_the_rights_of_a_lock_file_are_those_that_were_asked_for(mbox: Case) -> None:
    lock_of(mbox)
    lock = DotLock(
        mbox.files.real("/var/mail/bob"), "bob", Strangers(lambda: 0.0), Locking(file_mode=0o666)
    )
    assert stat.S_IMODE(lock.path.stat().st_mode) == 0o666
    lock.release()


def test_our_own_dot_lock_left_by_the_dead_is_removed(mbox: Case) -> None:
    with another_program(HOLD_OURS, str(lock_of(mbox, "/var/mail/bob"))) as owner:
        assert lock_of(mbox).read_bytes() == MARK
        assert isinstance(mbox.deliver(TEA)[0], Deferred)
        with pytest.raises(MailboxBusy) as busy:
            mbox.open()
        assert busy.value.session
        owner.kill()
        owner.wait()
        assert lock_of(mbox).exists()
        assert isinstance(mbox.deliver(TEA)[0], Delivered)
        assert mbox.contents() == [TEA]
    assert os.listdir(lock_of(mbox).parent) == ["bob"]


KILLED_AT = """
    import os, signal, sys
    from pathlib import Path
    from labmail.store import locks

    def killed(*args, **more):
        print("ready", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

    where, step = {"flock": (locks.fcntl, "flock"), "give": (locks, "give")}.get(
        sys.argv[2], (os, sys.argv[2])
    )
    setattr(where, step, killed)
    locks.DotLock(Path(sys.argv[1]), "", locks.Strangers(lambda: 0.0))
"""


@pytest.mark.only_on("linux")
@pytest.mark.parametrize("step", ["flock", "give", "write", "link", "unlink"])
def test_whoever_is_killed_while_he_locks_keeps_nobody_out(mbox: Case, step: str) -> None:
    mbox.deliver(LUNCH)
    with another_program(KILLED_AT, str(mbox.files.real("/var/mail/bob")), step) as child:
        assert child.wait(30) < 0
    mbox.deliver(TEA)
    assert mbox.contents() == [LUNCH, TEA]


@pytest.mark.parametrize("name", ["/var/mail/bob", "/home/bob/Maildir"])
def test_two_servers_exclude_each_other(either: Case, name: str) -> None:
    if either.contract.mailbox("bob") != name:
        return
    path = either.files.real(name)
    path.parent.mkdir(parents=True)
    with another_program(HOLD_OURS, str(path)), pytest.raises(MailboxBusy) as busy:
        either.open()
    assert busy.value.session and busy.value.why == f"{name} is open in another session"
    path.with_name(f"{path.name}.lock").unlink()
    assert either.contents() == []


def test_an_fcntl_lock_is_respected(mbox: Case) -> None:
    mbox.deliver(LUNCH)
    with another_program(HOLD_FCNTL, str(mbox.files.real("/var/mail/bob"))):
        (outcome,) = mbox.deliver(TEA)
        assert isinstance(outcome, LockedOut) and outcome.lock == "fcntl"
        assert outcome.why == "failed to lock mailbox /var/mail/bob (fcntl/flock)"
        assert not lock_of(mbox).exists()
    assert isinstance(mbox.deliver(TEA)[0], Delivered)


def test_while_we_write_others_see_both_locks(mbox: Case) -> None:
    mbox.deliver(LUNCH)
    store, path = mbox.store, mbox.files.real("/var/mail/bob")
    code = """
        import fcntl, sys
        try:
            fcntl.lockf(open(sys.argv[1], "r+b"), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("ready")
    """
    with store.locked(path, "bob"):  # type: ignore[attr-defined]
        assert lock_of(mbox).exists()
        with another_program(code, str(path)):
            pass


def test_a_reader_who_leaves_does_not_unlock_the_writer(mbox: Case) -> None:
    """Closing a file drops all fcntl locks that the process has on it: POSIX's trap."""
    mbox.deliver(LUNCH)
    maildrop = mbox.open()
    path = mbox.files.real("/var/mail/bob")
    with mbox.store.locked(path, "bob"):  # type: ignore[attr-defined]
        leaving = threading.Thread(target=maildrop.close)
        leaving.start()
        leaving.join(0.1)
        assert leaving.is_alive()
    leaving.join(5)
    assert not leaving.is_alive()


def test_colleagues_wait_for_each_other(either: Case) -> None:
    """Many threads, one mailbox: nobody is turned away, nothing is lost, and sessions go on."""
    errors: list[object] = []

    def work(number: int) -> None:
        for turn in range(5):
            outcome = either.deliver(LUNCH + b"%d %d\r\n" % (number, turn))[0]
            if not isinstance(outcome, Delivered):
                errors.append(outcome)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    removed = 0
    while any(thread.is_alive() for thread in threads):
        with either.open() as maildrop:
            removed += len(maildrop.messages[:2])
            maildrop.expunge([message.number for message in maildrop.messages[:2]])
    assert errors == [] and len(either.contents()) + removed == 20


def test_a_session_lock_is_let_go_and_leaves_nothing(tmp_path: Path) -> None:
    lock = SessionLock(tmp_path / "bob", "bob")
    assert os.listdir(tmp_path) == [".bob.session"]
    lock.release()
    lock.release()
    assert os.listdir(tmp_path) == []


def test_a_full_disk_does_not_lock_out_the_reader(
    mbox: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    mbox.deliver(LUNCH)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert mbox.contents() == [LUNCH]


def test_a_folder_in_which_no_lock_can_be_made(mbox: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    mbox.deliver(LUNCH)
    real = os.open

    def refuse(path: Path, flags: int, *args: int) -> int:
        if ".lock" in Path(path).name:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, flags, *args)

    monkeypatch.setattr(os, "open", refuse)
    (outcome,) = mbox.deliver(TEA)
    assert isinstance(outcome, Deferred) and outcome.errno == 13
    assert outcome.why == "Permission denied: creating lock file /var/mail/bob.lock"
