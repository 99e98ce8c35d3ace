"""What Exim prints, read back: its log, its queue, its hints, its complaints."""

from datetime import UTC, datetime

import pytest

from labmail.engines.exim4.complaint import read_complaint
from labmail.engines.exim4.going import last_reply
from labmail.engines.exim4.hints import next_try
from labmail.engines.exim4.listing import read_listing
from labmail.engines.exim4.logline import read_line
from labmail.engines.exim4.tail import Tail
from labmail.world import HostFiles

ID = "1xWAcc-000009-0H"

LINES = [
    (
        "<= alice@example.com H=games.example.com [128.10.12.3] P=esmtpsa X=TLS1.3:ECDHE:256 CV=no"
        " A=plain_server:alice S=506 id=55e0b41ef91a7228@games.example.com",
        ("<=", "alice@example.com", ""),
        {"P": "esmtpsa", "A": "plain_server:alice", "S": "506", "CV": "no"},
        ("games.example.com", "128.10.12.3"),
        "",
    ),
    (
        "<= kim@head.example H=out.branch.example [192.0.2.130] P=esmtpsa A=plain_server:branch K "
        "S=607 id=x@y",
        ("<=", "kim@head.example", ""),
        {"A": "plain_server:branch", "S": "607", "id": "x@y"},
        ("out.branch.example", "192.0.2.130"),
        "",
    ),
    (
        "<= <> R=1xWAcc-00000H-0v U=Debian-exim P=local S=1938",
        ("<=", "<>", ""),
        {"R": "1xWAcc-00000H-0v", "U": "Debian-exim", "P": "local"},
        ("", ""),
        "",
    ),
    (
        "<= eve@else.test H=(me) [2001:db8::7] P=esmtp S=9 id=x@y for bob@ask.com carol@ask.com",
        ("<=", "eve@else.test", ""),
        {"id": "x@y", "for": "bob@ask.com carol@ask.com"},
        ("me", "2001:db8::7"),
        "",
    ),
    (
        "=> bob <sales@ask.com> R=local_user T=maildir_home",
        ("=>", "bob", "sales@ask.com"),
        {"R": "local_user", "T": "maildir_home"},
        ("", ""),
        "",
    ),
    (
        "-> bob@ask.com R=dnslookup T=remote_smtp H=mail.ask.com [128.10.30.2] PRDR K "
        r'C="250 PRDR R=<bob@ask.com> acceptance\\n250 id=1xWAqE-000009-1R message accepted"',
        ("->", "bob@ask.com", ""),
        {"R": "dnslookup", "T": "remote_smtp"},
        ("mail.ask.com", "128.10.30.2"),
        "",
    ),
    (
        "=> |/usr/bin/procmail -d bob <bob@ask.com> R=userforward T=address_pipe",
        ("=>", "|/usr/bin/procmail -d bob", "bob@ask.com"),
        {"R": "userforward", "T": "address_pipe"},
        ("", ""),
        "",
    ),
    (
        "=> :blackhole: <hole@ask.com> R=system_aliases",
        ("=>", ":blackhole:", "hole@ask.com"),
        {"R": "system_aliases"},
        ("", ""),
        "",
    ),
    (
        "== bob@ask.com R=dnslookup T=remote_smtp defer (111): Connection refused",
        ("==", "bob@ask.com", ""),
        {"R": "dnslookup", "T": "remote_smtp"},
        ("", ""),
        "Connection refused",
    ),
    (
        "== bob@ask.com routing defer (-52): retry time not reached",
        ("==", "bob@ask.com", ""),
        {},
        ("", ""),
        "retry time not reached",
    ),
    (
        "** nobody@ask.com R=dnslookup T=remote_smtp H=mail.ask.com [128.10.30.2]: SMTP error from "
        "remote mail server after RCPT TO:<nobody@ask.com>: 550 Unrouteable address",
        ("**", "nobody@ask.com", ""),
        {"R": "dnslookup", "T": "remote_smtp"},
        ("mail.ask.com", "128.10.30.2"),
        "SMTP error from remote mail server after RCPT TO:<nobody@ask.com>: "
        "550 Unrouteable address",
    ),
    (
        "** fail@ask.com R=system_aliases: gone away",
        ("**", "fail@ask.com", ""),
        {"R": "system_aliases"},
        ("", ""),
        "gone away",
    ),
    (
        "H=mail.ask.com [128.10.30.2] Connection refused",
        ("", "", ""),
        {},
        ("mail.ask.com", "128.10.30.2"),
        "Connection refused",
    ),
    (
        "H=mail.ask.com [128.10.30.2]: SMTP timeout after initial connection: timed out",
        ("", "", ""),
        {},
        ("mail.ask.com", "128.10.30.2"),
        "SMTP timeout after initial connection: timed out",
    ),
    ("Completed", ("", "", ""), {}, ("", ""), ""),
]


@pytest.mark.parametrize(("text", "whom", "fields", "host", "why"), LINES)
def test_a_line_of_the_log(text, whom, fields, host, why):
    line = read_line(f"2026-11-25 10:53:06 {ID} {text}")
    assert (line.id, line.text) == (ID, text)
    assert (line.flag, line.address, line.original) == whom
    assert fields.items() <= line.fields.items()
    assert (line.host, line.why) == (host, why)


@pytest.mark.parametrize(
    "when",
    [
        "2026-11-25 10:53:06",
        "2026-11-25 10:53:06.123",
        "2026-11-25 10:53:06 +0100",
        "2026-11-25 10:53:06 +0100 [4711]",
    ],
)
def test_whatever_the_log_selector_puts_before_it(when):
    assert read_line(f"{when} {ID} Completed").id == ID
    assert read_line(f"{when} Start queue run: pid=7").text == "Start queue run: pid=7"


def test_what_is_no_line_of_a_log():
    assert read_line("  a line that goes on") is None


def test_the_reply_behind_the_dot_is_the_last_of_several():
    fields = read_line(f"2026-11-25 10:53:06 {ID} {LINES[5][0]}").fields
    assert last_reply(fields["C"]) == "250 id=1xWAqE-000009-1R message accepted"
    assert last_reply("250 OK id=1") == "250 OK id=1"


LISTING = """\
 2m   294 1xW8Q5-00000B-0n <bob@ask.com>
          carol@ask.com
        D sales@ask.com

 3d  1.5K 1xW8Q5-00000C-0n <> *** frozen ***
          nobody@example.com

 0m   10M 1xW8Q5-00000D-0n <a@b.test> (alice)
          c@d.test
"""


def test_the_queue():
    first, second, third = read_listing(LISTING)
    assert (first.age, first.size, first.sender, first.frozen) == (120, 294, "bob@ask.com", False)
    assert (first.waiting, first.served) == (["carol@ask.com"], ["sales@ask.com"])
    assert (second.age, second.size, second.sender, second.frozen) == (259200, 1536, "", True)
    assert (third.id, third.size, third.waiting) == ("1xW8Q5-00000D-0n", 10485760, ["c@d.test"])
    assert read_listing("") == []


HINTS = """\
  T:mail.ask.com:128.10.30.2 111 77 Connection refused
25-Nov-2026 08:32:01  25-Nov-2026 08:32:01  25-Nov-2026 08:47:01
  R:nowhere.test -1 0 host lookup did not complete
25-Nov-2026 08:32:01  25-Nov-2026 08:40:01  25-Nov-2026 09:10:01 *
"""


def posix(hour, minute):
    return datetime(2026, 11, 25, hour, minute, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("about", "when"),
    [
        (["128.10.30.2"], posix(8, 47)),
        (["bob@nowhere.test", "nowhere.test"], posix(9, 10)),
        (["128.10.30.2", "nowhere.test"], posix(9, 10)),
        (["128.10.30.20"], None),
        (["28.10.30.2"], None),
        (["ask.com"], None),
        (["", ""], None),
    ],
)
def test_when_it_is_tried_again(about, when):
    assert next_try(HINTS, about) == when


def test_a_mistake_with_its_place():
    told = read_complaint(
        "LOG: PANIC DIE\n  Exim configuration error in line 12 of /etc/exim4/exim4.conf:\n"
        '  main option "nonsense" unknown\n'
    )
    assert (told.file, told.line) == ("/etc/exim4/exim4.conf", 12)
    assert told.message == 'main option "nonsense" unknown'


def test_a_mistake_that_has_none():
    told = read_complaint("Exim configuration error:\n  no transports\n  defined\n")
    assert (told.file, told.message) == (None, "no transports defined")
    assert str(read_complaint("exim: could not bind\n to it\n")) == "exim: could not bind to it"
    assert "paniclog" in str(read_complaint(" \n"))


def test_what_is_new_in_a_file(tmp_path):
    files = HostFiles(tmp_path)
    tail = Tail(files, "/log")
    assert tail.lines() == []
    files.write_text("/log", "one\ntw")
    assert tail.lines() == ["one"]
    files.append("/log", "o\nthree\n")
    assert tail.lines() == ["two", "three"]
    assert tail.lines() == []
    (tmp_path / "log").rename(tmp_path / "log.1")
    files.write_text("/log", "new\n")
    assert tail.lines() == ["new"]


def test_a_log_of_an_earlier_run_is_not_read_again(tmp_path):
    files = HostFiles(tmp_path)
    files.write_text("/log", "old\n")
    tail = Tail(files, "/log")
    files.append("/log", "new\n")
    assert tail.lines() == ["new"]
