"""Plain words become answers and files of Debian, and real Exim reads what comes of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from labmail.exim.config import Configuration, read
from labmail.exim.debian import owntree
from labmail.exim.debian.generate import OUTPUT
from labmail.exim.debian.memory import Laid
from labmail.exim.debian.plain import Plain, host_files
from labmail.exim.options import VOCABULARY
from tests.conftest import find_peer

ACCOUNTS = {
    "/etc/passwd": b"root:x:0:0::/root:/bin/sh\nmail:x:8:8::/:/bin/sh\nuucp:x:10:10::/:/bin/sh\n",
    "/etc/group": b"mail:x:8:\n",
}
EVERYTHING = Plain(
    local_domains=("ask.com", "ask.test"),
    relay_to_domains=("far.test",),
    relay_from_hosts=("172.20.10.0/24", "2001:db8::/32"),
    routes=(("near.test", "mail.near.test"), ("six.test", "2001:db8::7")),
    store="mbox",
    stores={"bob": "mbox", "carol": "maildir", "dave": "maildir"},
    message_size_limit=1000,
    withheld=("CHUNKING", "DSN"),
    queue_only=True,
)


def made(plain: Plain, **given: str) -> dict[str, bytes]:
    extra = ACCOUNTS | host_files(plain, given=given)
    return owntree.host(None, "ask.com", "mail.ask.com", extra)


def configuration(plain: Plain, **given: str) -> Configuration:
    return read(OUTPUT, files=Laid(made(plain, **given)), vocabulary=VOCABULARY)


def test_each_word_arrives_in_the_configuration() -> None:
    read_ = configuration(EVERYTHING)
    assert read_.named["domain"]["local_domains"].text == "@:localhost:ask.com:ask.test"
    assert read_.named["domain"]["relay_to_domains"].text == "far.test"
    assert read_.named["host"]["relay_from_hosts"].text == (
        "<; 172.20.10.0/24;2001:db8::/32 ; 127.0.0.1 ; ::1"
    )
    main = read_.main
    assert (main["message_size_limit"], main["queue_only"]) == ("1000", True)
    assert main["dsn_advertise_hosts"] == main["chunking_advertise_hosts"] == ""
    assert main["smtputf8_advertise_hosts"] == "*"
    [local] = [router for router in read_.routers if router.name == "local_user"]
    assert local["transport"] == (
        "${if inlisti{$local_part_data}{carol:dave}{maildir_home}{mail_spool}}"
    )
    assert made(EVERYTHING)["/etc/exim4/hubbed_hosts"] == (
        b"near.test: mail.near.test\nsix.test: <; 2001:db8::7\n"
    )


def test_a_smarthost_makes_another_type_of_host() -> None:
    read_ = configuration(Plain(smarthost="smart.test::587"))
    [smarthost] = [router for router in read_.routers if router.name == "smarthost"]
    assert smarthost["route_list"] == "* smart.test::587 byname"
    assert "dnslookup" not in [router.name for router in read_.routers]


@pytest.mark.parametrize(("hidden", "avoided"), [(False, "*"), (True, None)])
def test_letters_can_be_read_on_the_wire_unless_they_are_to_be_hidden(
    hidden: bool, avoided: str | None
) -> None:
    read_ = configuration(Plain(hidden=hidden))
    smtp = [transport for transport in read_.transports if transport.driver == "smtp"]
    assert [transport["hosts_avoid_tls"] for transport in smtp] == [avoided, avoided]


def test_the_administrators_macros_come_first() -> None:
    split = host_files(Plain(), localmacros="MESSAGE_SIZE_LIMIT = 5M\n")
    assert split["/etc/exim4/conf.d/main/000_localmacros"] == b"MESSAGE_SIZE_LIMIT = 5M\n"
    extra = ACCOUNTS | host_files(
        Plain(message_size_limit=1000, local_domains=("ask.com",)),
        given={"dc_use_split_config": "false"},
        localmacros="MESSAGE_SIZE_LIMIT = 5M\nREMOTE_SMTP_HOSTS_AVOID_TLS =",
    )
    laid = Laid(owntree.host(None, "ask.com", "mail.ask.com", extra))
    read_ = read(OUTPUT, files=laid, vocabulary=VOCABULARY)
    assert read_.main["message_size_limit"] == "5M"
    assert next(t for t in read_.transports if t.name == "remote_smtp")["hosts_avoid_tls"] == ""


@pytest.mark.peer("exim4")
def test_real_exim_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "config"
    for given in ({}, {"dc_use_split_config": "false"}, {"dc_eximconfig_configtype": "satellite"}):
        path.write_bytes(made(EVERYTHING, **given)[OUTPUT])
        exim = [str(find_peer("exim4")), "-C", str(path), "-bP"]
        for asked in ("message_size_limit", "dsn_advertise_hosts", "+local_domains", "router_list"):
            ran = subprocess.run([*exim, asked], capture_output=True, text=True, timeout=30)
            assert ran.returncode == 0, ran.stderr
