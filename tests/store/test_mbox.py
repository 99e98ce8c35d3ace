from __future__ import annotations

import mailbox
import os
import stat
from pathlib import Path

import pytest

from labmail.message.outcome import Deferred, Delivered
from labmail.store import BadMailbox, Delivery, Mbox, MessageGone
from labmail.store.contract.case import BOB, LUNCH, SENDER, TEA, Case
from labmail.store.mbox.index import Index
from labmail.world import HostFiles

from .power import Recorder

BOX = "/var/mail/bob"


def put(case: Case, data: bytes) -> Path:
    path = case.files.real(BOX)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_what_lies_on_the_disk(mbox: Case) -> None:
    mbox.deliver(LUNCH + b"From me\r\nno end", TEA)
    assert mbox.files.read_bytes(BOX) == (
        b"From alice@example.com Mon Mar 02 09:00:00 2026\n"
        b"Return-path: <alice@example.com>\nSubject: lunch\n\nFriday?\n>From me\nno end\n\n"
        b"From alice@example.com Mon Mar 02 09:00:00 2026\n"
        b"Return-path: <alice@example.com>\nSubject: tea\n\nNow.\n\n"
    )
    assert stat.S_IMODE(mbox.files.real(BOX).stat().st_mode) == 0o600
    assert os.listdir(mbox.files.real("/var/mail")) == ["bob"]


def test_a_bounce_has_no_sender(mbox: Case) -> None:
    mbox.store.deliver([Delivery(LUNCH, "", BOB, BOX)])
    assert mbox.files.read_bytes(BOX).startswith(b"From MAILER-DAEMON Mon")


def test_the_standard_library_finds_the_same_letters(mbox: Case) -> None:
    mbox.deliver(LUNCH, TEA, LUNCH + b"\r\nFrom me\r\n")
    box = mailbox.mbox(mbox.files.real(BOX), create=False)
    assert [message["subject"] for message in box] == ["lunch", "tea", "lunch"]
    box.close()


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
def test_a_torn_end_spoils_nothing(mbox: Case, end: bytes) -> None:
    put(mbox, b"From a@b Mon Mar 02 08:00:00 2026\nSubject: torn\n\nhal" + end)
    mbox.deliver(LUNCH)
    assert mbox.contents() == [b"Subject: torn\r\n\r\nhal\r\n", LUNCH]


def test_a_file_with_crlf_line_ends_is_served_as_it_is(mbox: Case) -> None:
    one = b"Subject: a\r\n\r\nb\r\n"
    border = b"From a@b Mon Mar 02 08:00:00 2026\r\n"
    put(mbox, border + one + b"\r\n" + border + one + b"\r\n")
    assert mbox.contents() == [one, one]
    mbox.deliver(TEA)
    assert mbox.contents() == [one, one, TEA]


def test_empty_lines_before_the_first_letter(mbox: Case) -> None:
    put(mbox, b"\n\nFrom a@b Mon Mar 02 08:00:00 2026\nSubject: a\n\nb\n\n")
    assert mbox.contents() == [b"Subject: a\r\n\r\nb\r\n"]


def test_what_is_no_mbox_is_named(mbox: Case) -> None:
    put(mbox, b"Dear diary,\nFrom now on\n")
    with pytest.raises(BadMailbox, match=r"/var/mail/bob is no mbox: it begins with 'Dear diary,'"):
        mbox.open()
    assert isinstance(mbox.deliver(TEA)[0], Delivered)  # as appendfile does: nothing is lost
    assert b"Subject: tea" in mbox.files.read_bytes(BOX)


def test_a_folder_or_a_pipe_is_no_mbox(mbox: Case) -> None:
    mbox.files.mkdir(BOX)
    assert "is a folder" in str(mbox.deliver(TEA)[0].why)
    with pytest.raises(BadMailbox, match="is a folder"):
        mbox.open()
    mbox.files.real(BOX).rmdir()
    os.mkfifo(mbox.files.real(BOX))
    outcome = mbox.deliver(TEA)[0]
    assert (
        isinstance(outcome, Deferred) and outcome.errno == -4 and "no regular file" in outcome.why
    )


def test_a_symbolic_link_stays_in_the_host(mbox: Case, tmp_path: Path) -> None:
    mbox.files.mkdir("/var/mail")
    outside = tmp_path.parent / "outside"
    mbox.files.real(BOX).symlink_to(outside)
    mbox.deliver(TEA)
    assert not outside.exists()
    assert mbox.contents() == [TEA]


def test_uids_do_not_see_the_notes_of_mail_programs(mbox: Case) -> None:
    told = mbox.uids(LUNCH, TEA)
    text = mbox.files.read_bytes(BOX)
    notes = b"Subject: lunch\nStatus: RO\nX-Status: A\nContent-Length: 8\nLines: 1\n"
    put(mbox, text.replace(b"Subject: lunch\n", notes))
    with mbox.open() as maildrop:
        assert [message.uid for message in maildrop.messages] == told
        assert b"Status: RO\r\n" in maildrop.read(1)


def test_twins_across_a_restart(mbox: Case) -> None:
    """A frozen lab begins at the same instant each time, and may deliver the same octets again."""
    first = mbox.uids(LUNCH)
    mbox.store = mbox.again()
    second = mbox.uids(LUNCH)
    with mbox.open() as maildrop:
        assert [message.uid for message in maildrop.messages] == first + second
    assert second == [first[0] + ".2"]


def test_twins_when_the_clock_is_set_back(mbox: Case) -> None:
    loop, clock = mbox.world.loop, mbox.world.clock
    told = mbox.uids(LUNCH)
    loop.run_until_complete(clock.advance(10))
    told += mbox.uids(TEA)
    clock._epoch -= 10
    told += mbox.uids(LUNCH)
    with mbox.open() as maildrop:
        assert [message.uid for message in maildrop.messages] == told
    assert len(set(told)) == 3


def test_delivery_does_not_read_a_long_mailbox(mbox: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    mbox.deliver(*[LUNCH] * 500)
    mbox.world.loop.run_until_complete(mbox.world.clock.advance(1))
    mbox.store = mbox.again()
    monkeypatch.setattr(Index, "read", lambda *_: pytest.fail("the whole file was read"))
    mbox.deliver(TEA)


def test_an_unchanged_mailbox_is_read_once(mbox: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    mbox.deliver(LUNCH)
    mbox.open().close()
    mbox.deliver(TEA)
    monkeypatch.setattr(Index, "read", lambda *_: pytest.fail("the file was read again"))
    assert mbox.contents() == [LUNCH, TEA]


def test_another_program_may_append(mbox: Case) -> None:
    mbox.deliver(LUNCH)
    mbox.open().close()
    with open(mbox.files.real(BOX), "ab") as file:
        file.write(b"From x@y Mon Mar 02 08:00:00 2026\nSubject: other\n\n.\n\n")
    mbox.deliver(TEA)
    assert mbox.contents() == [LUNCH, b"Subject: other\r\n\r\n.\r\n", TEA]


def test_a_letter_that_was_changed_meanwhile_is_not_served(mbox: Case) -> None:
    mbox.deliver(LUNCH, TEA)
    with mbox.open() as maildrop:
        path = mbox.files.real(BOX)
        path.write_bytes(path.read_bytes().replace(b"Now.", b"Not."))
        assert maildrop.read(1) == LUNCH
        with pytest.raises(MessageGone, match="message 2: another program has changed"):
            maildrop.read(2)
        maildrop.expunge([1, 2])
    assert mbox.contents() == [TEA.replace(b"Now.", b"Not.")]


def test_a_mailbox_replaced_meanwhile_is_still_served(mbox: Case) -> None:
    mbox.deliver(LUNCH, TEA)
    with mbox.open() as maildrop:
        path = mbox.files.real(BOX)
        path.with_name("new").write_bytes(b"")
        path.with_name("new").rename(path)
        assert maildrop.read(2) == TEA
        maildrop.expunge([1])
    assert mbox.contents() == []


def test_expunge_keeps_the_mode(mbox: Case) -> None:
    mbox.deliver(LUNCH, TEA)
    path = mbox.files.real(BOX)
    path.chmod(0o660)
    with mbox.open() as maildrop:
        maildrop.expunge([2])
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert os.listdir(path.parent) == ["bob"]


def test_a_full_disk_does_not_stop_half_way(mbox: Case) -> None:
    mbox.deliver(LUNCH, TEA)
    with mbox.open() as maildrop:
        mbox.world.disk.full = True
        with pytest.raises(OSError, match="No space"):
            maildrop.expunge([1])
    mbox.world.disk.full = False
    assert mbox.contents() == [LUNCH, TEA]
    assert os.listdir(mbox.files.real("/var/mail")) == ["bob"]


def test_a_large_letter_does_not_keep_out_the_small_ones(mbox: Case) -> None:
    disk = mbox.files.disk
    write = type(disk).write

    def small(fd: int, data: bytes) -> None:
        if len(data) > 10_000:
            write(disk, fd, data[:5000])
            raise OSError(28, "No space left on device")
        write(disk, fd, data)

    disk.write = small  # type: ignore[method-assign]
    outcomes = mbox.deliver(LUNCH, LUNCH + b"x" * 20_000, TEA)
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Delivered, Deferred, Delivered]
    assert outcomes[1].why == "No space left on device: error while writing to /var/mail/bob"
    assert mbox.contents() == [LUNCH, TEA]


def test_a_batch_costs_one_sync(mbox: Case, tmp_path: Path) -> None:
    disk = Recorder()
    store = Mbox(HostFiles(tmp_path, disk), mbox.world.clock)
    batch = [Delivery(LUNCH, SENDER, BOB, BOX)] * 50
    store.deliver(batch)
    disk.calls.clear()
    store.deliver(batch)
    assert disk.verbs().count("fsync") == 1 and disk.calls[-1] == ("fsync", "bob")


def test_a_new_mailbox_syncs_its_folder(tmp_path: Path, mbox: Case) -> None:
    disk = Recorder()
    store = Mbox(HostFiles(tmp_path, disk), mbox.world.clock)
    store.deliver([Delivery(LUNCH, SENDER, BOB, BOX)])
    assert ("sync folder", "mail") in disk.calls and ("sync folder", "var") in disk.calls


def test_expunge_syncs_before_and_after_the_rename(mbox: Case, tmp_path: Path) -> None:
    disk = Recorder()
    store = Mbox(HostFiles(tmp_path, disk), mbox.world.clock)
    store.deliver([Delivery(LUNCH, SENDER, BOB, BOX)] * 2)
    disk.calls.clear()
    with store.open(BOX) as maildrop:
        maildrop.expunge([1])
    steps = ["write", "fsync", "rename", "sync folder"]
    assert disk.verbs() == steps, disk.calls
