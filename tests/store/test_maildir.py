from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.message.outcome import Deferred, Delivered
from labmail.store import BadMailbox, Delivery, Maildir, MessageGone
from labmail.store.contract.case import BOB, LUNCH, SENDER, TEA, Case
from labmail.store.maildir import Name, unique_id, unique_name
from labmail.store.maildir.names import arrival
from labmail.world import HostFiles

from .power import Recorder

BOX = "/home/bob/Maildir"


def files_in(case: Case, folder: str) -> list[str]:
    return case.files.listdir(f"{BOX}/{folder}")


def test_what_lies_on_the_disk(maildir: Case) -> None:
    (outcome,) = maildir.deliver(LUNCH + b"From me\r\nno end")
    assert isinstance(outcome, Delivered) and outcome.file
    (name,) = files_in(maildir, "new")
    assert outcome.file == f"{BOX}/new/{name}" and outcome.uid == name
    assert name.startswith("1772442000.M000000Q1R") and name.endswith(".mail.ask.com")
    assert maildir.files.read_bytes(outcome.file) == (
        b"Return-path: <alice@example.com>\nSubject: lunch\n\nFriday?\nFrom me\nno end"
    )
    assert files_in(maildir, "tmp") == files_in(maildir, "cur") == []
    modes = [stat.S_IMODE(maildir.files.real(p).stat().st_mode) for p in (BOX, outcome.file)]
    assert modes == [0o700, 0o600]


def test_names_are_repeatable(maildir: Case, tmp_path_factory: pytest.TempPathFactory) -> None:
    first = maildir.uids(LUNCH, TEA)
    twin = Case(maildir.contract, tmp_path_factory.mktemp("twin"), maildir.world)
    assert twin.uids(LUNCH, TEA) == first


def test_a_restart_at_the_same_instant_overwrites_nothing(maildir: Case) -> None:
    told = maildir.uids(LUNCH)
    with maildir.open():
        pass
    for flagged in (False, True):
        if flagged:
            maildir.store.mark(BOX, told[0], "S")  # type: ignore[attr-defined]
        maildir.store = maildir.again()
        told += maildir.uids(LUNCH)
    assert len(set(told)) == 3 and len(maildir.contents()) == 3


def test_flags_live_in_the_name(maildir: Case) -> None:
    told = maildir.uids(LUNCH, TEA)
    store = maildir.store
    assert isinstance(store, Maildir)
    assert store.mark(BOX, told[0]) and store.mark(BOX, told[0], "R")
    assert not store.mark(BOX, "nobody")
    assert files_in(maildir, "cur") == [f"{told[0]}:2,RS"]
    assert files_in(maildir, "new") == [told[1]]
    with maildir.open() as maildrop:
        assert [(m.uid, m.flags) for m in maildrop.messages] == [(told[0], "RS"), (told[1], "")]
        assert maildrop.messages[0].where == f"{BOX}/cur/{told[0]}:2,RS"


def test_reading_leaves_new_mail_new(maildir: Case) -> None:
    maildir.deliver(LUNCH)
    maildir.contents()
    assert len(files_in(maildir, "new")) == 1 and files_in(maildir, "cur") == []


def test_another_program_sets_a_flag_meanwhile(maildir: Case) -> None:
    told = maildir.uids(LUNCH, TEA)
    with maildir.open() as maildrop:
        maildir.store.mark(BOX, told[0], "S")  # type: ignore[attr-defined]
        assert maildrop.read(1) == LUNCH
        maildrop.expunge([1])
    assert maildir.contents() == [TEA]


def test_another_program_removes_or_edits_a_letter_meanwhile(maildir: Case) -> None:
    told = maildir.uids(LUNCH, TEA)
    with maildir.open() as maildrop:
        maildir.files.real(f"{BOX}/new/{told[0]}").unlink()
        with pytest.raises(MessageGone, match="message 1: another program has removed it"):
            maildrop.read(1)
        maildir.files.real(f"{BOX}/new/{told[1]}").write_bytes(b"edited\n")
        with pytest.raises(MessageGone, match="message 2: another program has changed it"):
            maildrop.read(2)
        maildrop.expunge([1])
    assert maildir.contents() == [b"edited\r\n"]


def test_an_edited_letter_is_measured_again(maildir: Case) -> None:
    told = maildir.uids(LUNCH)
    maildir.contents()
    maildir.files.real(f"{BOX}/new/{told[0]}").write_bytes(b"Subject: edited\n\nby hand\n")
    with maildir.open() as maildrop:
        assert maildrop.messages[0].size == len(maildrop.read(1)) == 28


def test_foreign_files(maildir: Case) -> None:
    maildir.deliver(LUNCH)
    for name in ("letter.eml", "1.P1.other", ".hidden", "a b:2,S"):
        maildir.files.real(f"{BOX}/cur/{name}").write_bytes(b"Subject: x\r\n\r\n")
    maildir.files.mkdir(f"{BOX}/cur/folder")
    with maildir.open() as maildrop:
        found = [message.uid for message in maildrop.messages]
    assert found[0] == "1.P1.other" and found[3] == "letter.eml"
    assert found[2] == unique_id("a b") != "a b" and len(found) == 4


def test_a_file_is_no_maildir(maildir: Case) -> None:
    maildir.files.write_text(BOX, "")
    assert "is a file" in str(maildir.deliver(LUNCH)[0].why)
    with pytest.raises(BadMailbox, match="is a file"):
        maildir.open()


def test_a_letter_that_does_not_fit_disturbs_no_other(maildir: Case) -> None:
    disk = maildir.files.disk
    write = type(disk).write

    def small(fd: int, data: bytes) -> None:
        write(disk, fd, data[:5000])
        if len(data) > 10_000:
            raise OSError(28, "No space left on device")

    disk.write = small  # type: ignore[method-assign]
    outcomes = maildir.deliver(LUNCH, LUNCH + b"x" * 20_000, TEA)
    assert [type(outcome) for outcome in outcomes] == [Delivered, Deferred, Delivered]
    assert maildir.contents() == [LUNCH, TEA] and files_in(maildir, "tmp") == []


@pytest.mark.parametrize("step", ["fsync", "rename", "sync_folder"])
def test_a_step_that_fails_leaves_nothing(maildir: Case, step: str) -> None:
    maildir.deliver(LUNCH)
    disk = maildir.files.disk

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    setattr(disk, step, fail)
    outcomes = maildir.deliver(TEA, TEA)
    delattr(disk, step)
    assert {type(outcome) for outcome in outcomes} == {Deferred}
    assert outcomes[0].why == f"Input/output error: error while writing to {BOX}"
    assert maildir.contents() == [LUNCH] and files_in(maildir, "tmp") == []


def test_the_order_of_a_batch(maildir: Case, tmp_path: Path) -> None:
    disk = Recorder()
    files, world = HostFiles(tmp_path, disk), maildir.world
    store = Maildir(files, world.clock, world.chance, "mail.ask.com")
    batch = [Delivery(LUNCH, SENDER, BOB, BOX)] * 3
    store.deliver(batch)
    disk.calls.clear()
    store.deliver(batch)
    assert disk.verbs() == ["write"] * 3 + ["fsync"] * 3 + ["rename"] * 3 + ["sync folder"]
    assert disk.calls[-1] == ("sync folder", "new")


def test_a_new_maildir_syncs_every_folder_above(maildir: Case, tmp_path: Path) -> None:
    disk = Recorder()
    files, world = HostFiles(tmp_path, disk), maildir.world
    store = Maildir(files, world.clock, world.chance, "mail.ask.com")
    store.deliver([Delivery(LUNCH, SENDER, BOB, BOX)])
    synced = [name for verb, name in disk.calls if verb == "sync folder"]
    assert {tmp_path.name, "home", "bob", "Maildir", "new"} <= set(synced)


@pytest.mark.only_on("linux")  # counts open files in /proc
def test_no_file_is_left_open(maildir: Case) -> None:
    before = len(os.listdir("/proc/self/fd"))
    maildir.deliver(*[LUNCH] * 20)
    with maildir.open() as maildrop:
        next(maildrop.chunks(1))
        maildrop.read(2)
    assert len(os.listdir("/proc/self/fd")) == before


@given(st.floats(0, 4e9), st.integers(1, 10**6), st.text(max_size=80))
def test_any_host_makes_a_usable_name(posix: float, count: int, hostname: str) -> None:
    base = unique_name(posix, count, "5f3c9a0e", hostname)
    assert "/" not in base and ":" not in base
    assert Name.parse(str(Name(base).with_flags("S"))) == Name(base, "S")
    assert 1 <= len(unique_id(base)) <= 70 and unique_id(base).isascii()
    assert arrival(base)[0] == round(posix * 1e6) // 10**6


def test_flags_are_in_order_and_once() -> None:
    assert str(Name("x").with_flags("SRS").with_flags("F")) == "x:2,FRS"
    assert Name.parse("x:1,experimental") == Name("x")
