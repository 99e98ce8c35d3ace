"""Strings on a host of the lab: its files, its names, its clock, and nothing of this computer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from labmail.exim.errors import ConfigError, Deferred, ExpansionFailed
from labmail.exim.text import Text
from labmail.lab import Lab, LabHost, load_town
from labmail.lab.explaining import explain, octets, words

HOST = "mail.example.com"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture
def host(lab: Lab) -> LabHost:
    return lab.host(HOST)


def test_a_string_is_expanded_where_the_host_is(host: LabHost) -> None:
    assert host.expand("${lc:ABC} $primary_hostname") == f"abc {HOST}"
    assert host.expand("${lookup{root}lsearch{/etc/aliases}}") == "alice"
    assert host.expand("$tod_log") == "2026-03-02 09:00:00"
    assert (
        host.expand("${lookup dnsdb{mx=ask.com}} $qualify_domain") == "10 mail.ask.com example.com"
    )
    assert host.expand("${if match_domain{example.com}{+local_domains}{ours}{not}}") == "ours"


def test_the_clock_is_the_labs() -> None:
    with Lab("two_companies") as lab:
        lab.clock.advance("2d")
        assert lab.host(HOST).expand("$tod_log").startswith("2026-03-04")


def test_nothing_of_this_computer_is_seen(host: LabHost, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret: yes\n")
    with pytest.raises(ExpansionFailed, match="No such file"):
        host.expand(f"${{readfile{{{tmp_path}/secret}}}}")
    up = "/.." * 12
    assert host.expand(f"${{if exists{{{up}{tmp_path}/secret}}{{yes}}{{no}}}}") == "no"
    os.symlink(tmp_path / "secret", host.files.real("/etc/link"))
    with pytest.raises(ExpansionFailed, match="No such file"):
        host.expand("${lookup{secret}lsearch{/etc/link}}")
    with pytest.raises(ExpansionFailed):
        host.expand("${run{/bin/echo a}{$value}fail}")


def test_programs_are_those_of_the_host(host: LabHost) -> None:
    host.files.write_text("/usr/local/bin/hello", "#!/bin/sh\necho hello $1\n", mode=0o755)
    assert host.expand("${run{/usr/local/bin/hello world}}") == "hello world\n"
    assert host.expand("${run{/bin/echo a}{yes}{no}} $runrc") == "no 127"


def test_a_town_lists_programs_of_this_computer() -> None:
    town = replace(load_town("two_companies"), name="listing", programs=("/bin/echo",))
    with Lab(town, threads=False) as lab:
        assert lab.host(HOST).expand("${run{/bin/echo a}}") == "a\n"


def test_every_string_is_computed_anew(host: LabHost) -> None:
    host.files.write_text("/etc/exim4/list", "a: 1\n")
    assert host.expand("${lookup{a}lsearch{/etc/exim4/list}}") == "1"
    host.files.write_text("/etc/exim4/list", "a: 22\n")
    assert host.expand("${lookup{a}lsearch{/etc/exim4/list}}") == "22"
    assert host.expand("${if match{ab}{(a)}{$1}} ") == "a "
    assert host.expand("<$1$value>") == "<>"


def test_the_configuration_is_the_hosts_or_the_one_given(host: LabHost) -> None:
    given = "domainlist friends = ask.com\nprimary_hostname = other.test\n"
    assert host.expand("${if match_domain{ask.com}{+friends}{y}{n}} $primary_hostname", given) == (
        "y other.test"
    )
    with pytest.raises(ConfigError) as wrong:
        host.expand("a", "domainlist friends = ask.com\nbogus = 1\n")
    assert wrong.value.line == 2
    assert host.expand("$primary_hostname", "") == HOST


def test_a_host_without_a_configuration_knows_its_name(lab: Lab) -> None:
    assert lab.host("ns.example.com").expand("$primary_hostname") == "ns.example.com"


def test_what_strangers_chose_is_tainted(host: LabHost) -> None:
    string = "${lookup{a}lsearch{/etc/$local_part}}"
    told = host.explain(string, local_part="aliases")
    assert told.failed and told.step.steps[1].tainted
    assert not host.explain(string, local_part=Text("aliases")).failed
    assert host.explain("$local_part_data$home", local_part_data="a").tainted is False
    assert host.explain("$acl_m_x", acl_m_x="a").tainted


@pytest.mark.parametrize("kind", [str, bytes])
def test_a_letter_can_be_asked_about(host: LabHost, kind: type) -> None:
    letter = "From: a@b.test\r\nSubject: Grüße\r\n\r\nHello.\r\n"
    message = letter if kind is str else letter.encode()
    assert host.expand("${lc:$h_subject:} $message_body", message=message) == "grüße Hello. "


def test_a_letter_of_the_lab_can_be_asked_about(lab: Lab, host: LabHost) -> None:
    lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?")
    letter = lab.user("bob@ask.com").mailbox[-1]
    assert host.expand("$h_subject:", message=letter) == "Lunch?"


def test_letters_beyond_ascii_come_and_go(host: LabHost) -> None:
    assert host.expand("ü${uc:ü}$local_part", local_part="é€") == "üüé€"
    assert host.expand("${length_1:é}") == "\\xc3"
    told = host.explain("é${lc:Ü}${bogus:a}")
    assert told.position == 8 and told.step.steps[1].start == 1
    with pytest.raises(ExpansionFailed, match="é"):
        host.expand("${lookup{a}lsearch{/é}}")


def test_octets_are_words_and_back() -> None:
    assert words(octets("naïve\n")) == "naïve\n"
    assert words("\x00\x1b[2J\x9b") == "\\x00\\x1b[2J\\x9b"


def test_failures_are_raised_in_exims_words(host: LabHost) -> None:
    with pytest.raises(ExpansionFailed, match='unknown variable name "nosuch"'):
        host.expand("$nosuch")
    told = host.explain("$nosuch")
    assert told.failed == 'unknown variable name "nosuch"' and told.value is None
    with pytest.raises((Deferred, ExpansionFailed)):
        host.expand("${lookup{a/b}dsearch{/etc}}")


def test_names_that_nobody_answers_for_defer() -> None:
    with Lab("two_companies") as lab:
        lab.down("ns.example.com")
        with pytest.raises(Deferred):
            lab.host(HOST).expand("${lookup dnsdb{defer_strict,mx=ask.com}}")


def test_both_can_be_awaited(host: LabHost) -> None:
    async def both() -> tuple[str, str]:
        told = await host.explain.aio("${uc:$local_part}", local_part="a")
        return await host.expand.aio("${lookup dnsdb{a=mail.ask.com}}"), told.value or ""

    assert asyncio.run(both()) == ("128.10.30.2", "A")


def test_without_threads_it_is_the_same() -> None:
    with Lab("two_companies", threads=False) as lab:
        assert lab.host(HOST).expand("${lookup dnsdb{mx=ask.com}}") == "10 mail.ask.com"


def test_without_a_lab_it_is_this_computer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a: one\n")
    told = explain(f"${{lookup{{a}}lsearch{{{tmp_path}/file}}}} $tod_log $primary_hostname")
    assert told.value == "one 2026-03-02 09:00:00 labmail.test"
    assert explain("${if match_domain{a}{+x}{y}{n}}", "domainlist x = a\n").value == "y"


def test_with_a_host_explain_is_its_own(host: LabHost) -> None:
    assert explain("$primary_hostname", host=host).value == HOST


def test_what_is_expanded_while_reading_is_known(host: LabHost) -> None:
    given = "primary_hostname = mx.test\nspool_directory = /var/spool/$primary_hostname\n"
    assert host.expand("$spool_directory", given) == "/var/spool/mx.test"


def test_the_function_is_not_hidden_by_a_module_of_its_name() -> None:
    from labmail.exim import expansion

    assert callable(expansion.explain) and callable(explain)
