"""The lab's own tree beside Debian's: real Exim, cut off from the network, answers the same."""

from __future__ import annotations

import os
import subprocess

import pytest

from labmail.exim.debian import generate
from tests.conftest import find_peer
from tests.exim.debian.hosts import KINDS, Host

ANSWERS = {
    "dc_other_hostnames": "campus.test;lab.test",
    "dc_local_interfaces": "127.0.0.1 ; ::1",
    "dc_relay_domains": "relay.test",
    "dc_relay_nets": "192.0.2.0/24",
    "dc_smarthost": "192.0.2.25::587",
    "dc_readhost": "hub.test",
}
SETS = [
    *({"dc_eximconfig_configtype": kind} for kind in KINDS[:-1]),
    {"dc_eximconfig_configtype": "internet", "dc_localdelivery": "maildir_home"},
    {"dc_eximconfig_configtype": "internet", "dc_minimaldns": "true"},
    {"dc_eximconfig_configtype": "smarthost", "dc_hide_mailname": "true"},
    {"dc_eximconfig_configtype": "satellite", "dc_hide_mailname": "true"},
    {"dc_eximconfig_configtype": "satellite", "dc_readhost": "campus.test"},
]
MACROS = [
    "FIRST_USER_ACCOUNT_UID = 500\nMAIN_ALLOW_DOMAIN_LITERALS = 1\n",
    "MAIN_TLS_ENABLE = 1\nREMOTE_SMTP_HELO_DATA = x.test\nDKIM_DOMAIN = campus.test\n"
    "MAILDIR_HOME_MODE = 0640\nSYSTEM_ALIASES_USER = mail\nAUTH_CLIENT_ALLOW_NOTLS_PASSWORDS = 1\n",
    "CHECK_RCPT_VERIFY_SENDER = 1\nCHECK_RCPT_IP_DNSBLS = rbl.test\nCHECK_RCPT_SPF = 1\n"
    "CHECK_DATA_VERIFY_HEADER_SENDER = 1\nCHECK_RCPT_REVERSE_DNS = 1\n",
]
ASKED = [
    ["-bt", "root", "nobody", "real-nobody", "nosuch", "bob@relay.test", "bob@[192.0.2.7]"],
    ["-brw", "nobody@campus.test"],
    ["-brt", "x.test"],
    ["-bP", "+local_domains"],
    ["-bP", "+relay_from_hosts"],
    ["-bP", "router_list"],
    ["-bP", "transport_list"],
    ["-bP", "authenticator_list"],
    ["-bP", "qualify_domain", "host_lookup", "log_selector", "local_interfaces", "tls_certificate"],
]
TALK = """EHLO x.test\nMAIL FROM:<a@x.test>\nRCPT TO:<nobody@campus.test>\nRCPT TO:<bob@other.test>
RCPT TO:<b!b@campus.test>\nRCPT TO:<nosuch@campus.test>\nDATA\nSubject: x\n\ny\n.\nQUIT\n"""
"""All of what is said in SMTP to each configuration, from outside and from the nets."""


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Host, Host]:
    folder = tmp_path_factory.mktemp("trees")
    return Host(folder / "own").own_tree(), Host(folder / "debians").debians_tree()


def exim(host: Host, answers: dict[str, str], macros: str) -> list[str]:
    """What real Exim says over a host's configuration, the host's folder out of it."""
    host.write("exim4.conf.localmacros", "MAIN_HARDCODE_PRIMARY_HOSTNAME = box.test\n" + macros)
    host.answer(**{**ANSWERS, **answers})
    path = host.folder / "config"
    text = generate(host.source()).text
    path.write_text(text.replace("/var/spool/exim4", str(host.folder / "spool")))
    program = ["unshare", "-n", str(find_peer("exim4"))]
    asked = [(words, "") for words in ASKED]
    asked += [(["-bh", address], TALK) for address in ("203.0.113.9", "192.0.2.9")]
    asked += [(["-bV"], "")]
    return [_said(host, [*program, "-C", str(path), *words], given) for words, given in asked]


def _said(host: Host, command: list[str], given: str) -> str:
    ran = subprocess.run(command, input=given.encode(), capture_output=True, timeout=60)
    return f"{ran.returncode} {ran.stdout.decode('latin-1')}".replace(str(host.folder), "DIR")


def unlike(first: list[str], second: list[str]) -> list[tuple[str, str]]:
    """The answers that differ; dates and numbers of letters do not count."""
    hidden = [[_without_numbers(answer) for answer in answers] for answers in (first, second)]
    return [pair for pair in zip(*hidden, strict=True) if pair[0] != pair[1]]


def _without_numbers(answer: str) -> str:
    lines = [line for line in answer.split("\n") if not line.startswith(("220 ", "250 OK id="))]
    return "\n".join(lines)


@pytest.mark.only_on("linux")
@pytest.mark.peer("exim4", "update-exim4.conf", "unshare")
@pytest.mark.parametrize("answers", SETS, ids=lambda answers: "-".join(answers.values()))
def test_the_same_answers(hosts: tuple[Host, Host], answers: dict[str, str]) -> None:
    if os.geteuid() != 0:
        pytest.skip("cutting Exim off from the network needs root")
    own, debians = hosts
    for macros in ("", MACROS[SETS.index(answers) % len(MACROS)]):
        assert unlike(exim(own, answers, macros), exim(debians, answers, macros)) == []


def test_a_different_answer_is_seen() -> None:
    assert unlike(["0 a\n"], ["0 b\n"])
