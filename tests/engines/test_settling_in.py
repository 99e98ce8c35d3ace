"""A host's folder and configuration made fit for real Exim, and what it stores found again."""

import os

import pytest

from labmail.engines.exim4.book import Mailbox
from labmail.engines.exim4.finding import find
from labmail.engines.exim4.setting import CERTIFICATE, LOGINS, completed, logins, mainlog
from labmail.engines.exim4.tree import prepare
from labmail.store import Maildir, Mbox
from labmail.world import HostFiles, simulate

ID, OTHER = "1xWAcc-000009-0N", "1xWAcc-00000D-0j"
SERVING = "plain:\n  driver = plaintext\nserver_condition = true\n"


def test_a_configuration_gets_a_certificate_and_logins():
    text = completed(
        "a = b\n\nbegin routers\n\nbegin authenticators\nmine:\n  driver = plaintext\n"
    )
    assert text.startswith(f"tls_certificate = {CERTIFICATE}\na = b\n")
    before, _, after = text.partition("begin authenticators\n")
    assert "begin routers" in before
    assert after.startswith("plain_server:\n")
    assert after.endswith("mine:\n  driver = plaintext\n")
    assert after.count(LOGINS) == 2


def test_a_configuration_without_the_section_gets_one_at_its_end():
    assert "\nbegin authenticators\nplain_server:\n" in completed("a = b")


def test_what_the_administrator_has_set_herself_stays():
    text = "tls_certificate = /etc/mine\nbegin authenticators\n" + SERVING
    assert completed(text, "tls_certificate = /etc/mine\n", SERVING) == text


@pytest.mark.parametrize(
    ("listed", "path"),
    [
        ("log_file_path = /var/log/exim4/%slog\n", "/var/log/exim4/mainlog"),
        ("log_file_path = \n", "/var/log/exim4/mainlog"),
        ("log_file_path = syslog : /var/log/%s\n", "/var/log/main"),
        ("log_file_path = syslog\n", ""),
        ("log_file_path = /var/log/%slog-%D\n", ""),
    ],
)
def test_which_file_is_the_main_log(listed, path):
    assert mainlog(listed) == path


def test_logins_are_looked_up_as_they_are_written():
    text = logins({"bob": "a:b c", 'o"dd\\': "x"})
    assert text == '"bob": a:b c\n"o\\"dd\\\\": x\n'


@pytest.fixture
def files(tmp_path):
    files = HostFiles(tmp_path)
    files.write_text("/etc/passwd", "root:x:0:0::/root:\nbob:x:1001:1001::/home/bob:\n")
    files.write_text("/etc/group", "mail:x:8:\nbob:x:1001:\n")
    return files


def test_a_folder_gets_the_owners_that_the_table_names(files, monkeypatch):
    files.mkdir("/home/bob/Maildir")
    owned = {}

    def chown(path, uid, gid, **how):
        owned[files.lab_path(path)] = uid, gid, how

    monkeypatch.setattr("os.chown", chown)
    os.symlink("/etc/passwd", files.real("/home/bob") / "link")
    owner = prepare(files)
    assert owned["/home/bob/Maildir"][:2] == (1001, 1001)
    assert owned["/var/spool/exim4"][:2] == owner
    assert all(how == {"follow_symlinks": False} for _, _, how in owned.values())
    assert not set(owned) & {"/etc/passwd", "/etc"}
    assert "submission\t587/tcp" in files.read_text("/etc/services")


def letter(id, subject="Lunch?"):
    return (
        f"Received: from mail.example.com\n\tby mail.ask.com with esmtp\n\tid {id}\n"
        f"Subject: {subject}\n\nI had id {OTHER} in mind.\n"
    )


def test_a_letter_is_found_in_a_maildir_by_exims_id(files):
    new = files.real("/home/bob/Maildir/new")
    for folder in ("new", "cur", "tmp"):
        files.mkdir(f"/home/bob/Maildir/{folder}")
    (new / "1.P1.mail").write_text(letter(OTHER.replace("D", "E")))
    (new / "2.P2.mail").write_text(letter(ID))
    (new / "3.P3.mail").symlink_to("/etc/passwd")
    box = Mailbox("maildir", "/home/bob/Maildir")
    assert find(files, box, ID) == ("/home/bob/Maildir/new/2.P2.mail", "2.P2.mail")
    assert find(files, box, OTHER) == ("", "")  # it stands in a body only

    async def main(world):
        drop = Maildir(files, world.clock, world.chance, "mail").open(box.path)
        try:
            return [message.uid for message in drop.messages]
        finally:
            drop.close()

    assert "2.P2.mail" in simulate(main)


def test_a_letter_is_found_in_an_mbox_under_the_name_that_pop3_gives_it(files):
    border = "From alice@example.com Wed Nov 25 10:53:06 2026\n"
    files.mkdir("/var/mail")
    files.write_text(
        "/var/mail/bob", "".join(f"{border}{letter(id)}\n" for id in (ID, "1xWAcc-00000Z-0N"))
    )
    box = Mailbox("mbox", "/var/mail/bob")
    file, uid = find(files, box, ID)

    async def main(world):
        drop = Mbox(files, world.clock).open(box.path)
        try:
            return [message.uid for message in drop.messages]
        finally:
            drop.close()

    assert (file, uid) == ("/var/mail/bob", simulate(main)[0])


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_a_mailbox_that_is_not_there(files, kind):
    assert find(files, Mailbox(kind, "/var/mail/nobody"), ID) == ("", "")
