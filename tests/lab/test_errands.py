"""By hand on a host: asking a name server, carrying a file over, restarting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from labmail.lab import Lab, TownError, read_town


@pytest.fixture(scope="module")
def town() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


@pytest.fixture
def lab(town: Lab) -> Lab:
    town.reset()
    return town


MAIL, NS, ASK = "mail.example.com", "ns.example.com", "ns.ask.com"


def test_dig_says_what_a_domain_has_and_who_said_so(lab: Lab) -> None:
    answer = lab.host(MAIL).dig("ask.com", "MX")
    assert str(answer) == repr(answer) == "10 mail.ask.com." and answer
    assert answer.status == "NOERROR" and answer.server_name == NS
    assert "aa" not in answer.flags  # it has it from ns.ask.com
    own = lab.host(MAIL).dig("ask.com", "MX", server=ASK)
    assert "aa" in own.flags and own.server == "128.10.30.1"
    assert [(r.name, r.ttl, r.type, r.data) for r in own.additional] == [
        ("mail.ask.com.", 3600, "A", "128.10.30.2")
    ]


def test_dig_follows_aliases_and_shows_them(lab: Lab) -> None:
    assert lab.host(MAIL).dig("pop.ask.com").texts == ("mail.ask.com.", "128.10.30.2")


def test_dig_turns_an_address_round(lab: Lab) -> None:
    answer = lab.host(MAIL).dig("-x 128.10.30.2")
    assert answer.texts == ("mail.ask.com.",)
    assert (answer.name, answer.type) == ("2.30.10.128.in-addr.arpa", "PTR")


@pytest.mark.parametrize(
    ("name", "rdtype", "server", "status", "why"),
    [
        ("nobody.ask.com", "A", None, "NXDOMAIN", "there is no name nobody.ask.com"),
        ("ask.com", "AAAA", None, "NODATA", "ask.com exists and has no AAAA record"),
        ("example.com", "MX", ASK, "REFUSED", "no recursion for 128.10.12.4"),
        ("ask.com", "AXFR", ASK, "transfer failed", "128.10.30.1 gives no copy of it (REFUSED)"),
        ("ask.com", "A", "www.example.com", "no answer", "Connection refused"),
        ("ask.com", "A", "@192.0.2.99", "no answer", "192.0.2.99"),
    ],
)
def test_dig_tells_each_kind_of_no(
    lab: Lab, name: str, rdtype: str, server: str | None, status: str, why: str
) -> None:
    answer = lab.host(MAIL).dig(name, rdtype, server=server)
    assert answer.status == status and why in answer.why and not answer
    assert str(answer) == f";; {status}: {answer.why}"


def test_dig_of_a_broken_zone_is_servfail(lab: Lab) -> None:
    host = lab.host(ASK)
    host.files.write_text("/etc/bind/db.ask.com", "@ IN MX mail\n")
    assert host.reload_names() and lab.host(MAIL).dig("ask.com", "MX")  # the old one serves on
    assert host.restart("dns")
    answer = lab.host(MAIL).dig("ask.com", "MX", server=ASK)
    assert answer.status == "SERVFAIL" and "not loaded due to errors" in answer.why


def test_dig_waits_as_long_as_it_takes(lab: Lab) -> None:
    lab.down(NS)
    before = lab.clock.now()
    answer = lab.host(MAIL).dig("ask.com", "MX")
    assert answer.status == "no answer" and (lab.clock.now() - before).total_seconds() == 5


def test_dig_asks_the_next_server_where_one_is_silent(lab: Lab) -> None:
    host = lab.host(MAIL)
    host.files.write_text("/etc/resolv.conf", "nameserver 128.10.12.1\nnameserver 128.10.30.1\n")
    lab.down(NS)
    assert host.dig("ask.com", "MX").server == "128.10.30.1"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("a..b", "A"), "cannot be asked"),
        (("ask.com", "MXX"), "cannot be asked"),
        (("-x 1.2.3", "A"), "cannot be asked"),
    ],
)
def test_dig_of_what_cannot_be(lab: Lab, words: tuple[str, str], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        lab.host(MAIL).dig(*words)


def test_a_dig_is_shown_whole_and_harmless(lab: Lab) -> None:
    zone = lab.host(ASK).cat("/etc/bind/db.ask.com").replace("2026030201", "2026030202")
    lab.host(ASK).files.write_text("/etc/bind/db.ask.com", zone + 'evil IN TXT "<b>\\027[31m"\n')
    lab.host(ASK).reload_names()
    shown = lab.host(MAIL).dig("evil.ask.com", "TXT", server=ASK).show()
    assert "<b>" not in shown.html and "\x1b" not in shown.text + shown.html
    assert "said by  ns.ask.com [128.10.30.1], which has the zone (flags qr aa rd)" in shown.text
    assert "evil.ask.com." in shown.text and "evil.ask.com." in shown.html


def test_dig_is_told_to_the_trace(lab: Lab) -> None:
    lab.host(MAIL).dig("ask.com", "MX")
    said = [e for e in lab.trace.events if type(e).__name__ == "DnsSaid"]
    assert [e.text for e in said][:2] == [
        "ask.com.  IN  MX ?",
        "ask.com.  3600  IN  MX  10 mail.ask.com.",
    ]


# -- files


def test_a_file_is_carried_over(lab: Lab) -> None:
    there = lab.host(ASK)
    where = lab.host(NS).copy("/etc/bind/db.example.com", to=there)
    assert where == "ns.ask.com:/etc/bind/db.example.com"
    assert there.cat("/etc/bind/db.example.com") == lab.host(NS).cat("/etc/bind/db.example.com")
    where = lab.host(NS).copy("/etc/bind/db.example.com", to=ASK, as_="/etc/bind/examples.zone")
    assert where.endswith("/etc/bind/examples.zone") and there.cat("/etc/bind/examples.zone")
    told = lab.trace.events[-1]
    assert told.answer.startswith("Yes, as /etc/bind/examples.zone: ") and told.peer == ASK


@pytest.mark.parametrize(
    ("path", "as_", "where"),
    [
        ("/etc/bind/db.exmaple.com", None, "ns.example.com:/etc/bind/db.exmaple.com"),
        ("/etc/bind", None, "ns.example.com:/etc/bind"),
        ("/etc/bind/db.example.com", "/etc/bound/", "ns.ask.com:/etc/bound/db.example.com"),
        ("/etc/bind/db.example.com", "/etc/bind", "ns.ask.com:/etc/bind"),
    ],
)
def test_what_cannot_be_carried_says_where(
    lab: Lab, path: str, as_: str | None, where: str
) -> None:
    with pytest.raises(OSError) as caught:
        lab.host(NS).copy(path, to=ASK, as_=as_)
    assert caught.value.filename == where


def test_files_need_a_road(lab: Lab) -> None:
    with lab.faults.partition(NS, ASK), pytest.raises(OSError, match="No route to host"):
        lab.host(NS).copy("/etc/bind/db.example.com", to=ASK)
    with pytest.raises(KeyError, match=r"no host 'ns\.aks\.com'"):
        lab.host(NS).copy("/etc/bind/db.example.com", to="ns.aks.com")


# -- restarting


def test_a_server_with_a_broken_configuration_does_not_come_up(lab: Lab) -> None:
    host, conf = lab.host(ASK), "/etc/bind/named.conf.local"
    good = host.cat(conf)
    host.files.write_text(conf, good + 'zone "x" { type mster; };\n')
    [problem] = host.restart("dns")
    assert "try: master" in str(problem)
    assert lab.host(MAIL).dig("ask.com", "MX", server=ASK).status == "no answer"
    host.files.write_text(conf, good)
    assert host.restart("dns") == []
    assert lab.host(MAIL).dig("ask.com", "MX", server=ASK)


def test_what_cannot_be_restarted(lab: Lab) -> None:
    with pytest.raises(ValueError, match=r"no service 'dns' to restart on mail\.ask\.com"):
        lab.host("mail.ask.com").restart("dns")


# -- a zone for the other company, by both roads

CONF = "/etc/bind/named.conf.local"


def test_the_old_road_a_copied_file_grows_old(lab: Lab) -> None:
    """Two servers, both primary for the same zone: whoever changes it changes one of them."""
    here, there = lab.host(ASK), lab.host(NS)
    here.copy("/etc/bind/db.ask.com", to=there)
    text = there.cat(CONF)
    begin = text.index('zone "ask.com"')
    end = text.index("\n};\n", begin) + 4
    statement = 'zone "ask.com" {\n\ttype primary;\n\tfile "/etc/bind/db.ask.com";\n};\n'
    there.files.write_text(CONF, text[:begin] + statement + text[end:])
    assert there.restart("dns") == []
    assert "aa" in lab.host(MAIL).dig("ask.com", "MX").flags
    changed = here.cat("/etc/bind/db.ask.com").replace("MX  10 mail", "MX  10 desk3")
    here.files.write_text("/etc/bind/db.ask.com", changed.replace("2026030201", "2026030202"))
    assert here.restart("dns") == []
    lab.clock.advance("1d")
    assert lab.host(MAIL).dig("ask.com", "MX", server=ASK).texts == ("10 desk3.ask.com.",)
    assert lab.host(MAIL).dig("ask.com", "MX", server=NS).texts == ("10 mail.ask.com.",)


def become_secondary(lab: Lab, more: str = "") -> None:
    """ns.example.com keeps a copy of ask.com: a statement on each side, and no file is carried."""
    here, there = lab.host(ASK), lab.host(NS)
    statement = 'zone "ask.com" {\n\ttype primary;\n\tfile "/etc/bind/db.ask.com";\n'
    shared = f"\tallow-transfer {{ 128.10.12.1; }};\n\talso-notify {{ 128.10.12.1; }};\n{more}"
    text = here.cat(CONF)
    assert statement in text
    here.files.write_text(CONF, text.replace(statement, statement + shared))
    text = there.cat(CONF)
    begin = text.index('zone "ask.com"')
    end = text.index("\n};\n", begin) + 4
    copy = (
        'zone "ask.com" {\n\ttype secondary;\n\tprimaries { 128.10.30.1; };\n'
        '\tfile "/var/cache/bind/db.ask.com";\n};\n'
    )
    there.files.write_text(CONF, text[:begin] + copy + text[end:])
    assert here.reload_names() == there.reload_names() == []
    lab.run()


def change(lab: Lab, old: str, new: str, serial: int = 2026030202) -> list[Any]:
    """Edits the zone at ns.ask.com and has it read again; gives the problems."""
    host = lab.host(ASK)
    text = host.cat("/etc/bind/db.ask.com").replace(old, new).replace("2026030201", str(serial))
    host.files.write_text("/etc/bind/db.ask.com", text)
    problems: list[Any] = host.reload_names()
    lab.run()
    return problems


def test_the_new_road_a_copy_keeps_itself_fresh(lab: Lab) -> None:
    become_secondary(lab)
    asking, there = lab.host(MAIL), lab.host(NS)
    answer = asking.dig("ask.com", "MX", server=NS)
    assert answer.texts == ("10 mail.ask.com.",) and "aa" in answer.flags
    assert "2026030201 ; serial" in there.cat("/var/cache/bind/db.ask.com")
    assert change(lab, "MX  10 mail", "MX  10 desk3") == []
    assert asking.dig("ask.com", "MX", server=NS).texts == ("10 desk3.ask.com.",)
    assert "2026030202 ; serial" in there.cat("/var/cache/bind/db.ask.com")
    assert "in place of 2026030201, kept in /var/cache/bind/db.ask.com." in there.name_log
    assert "Does 128.10.12.1 hear that ask.com has serial 2026030202 now? Yes." in (
        lab.host(ASK).name_log
    )


def test_a_zone_is_asked_for_whole_by_whom_it_may_have(lab: Lab) -> None:
    become_secondary(lab)
    answer = lab.host(NS).dig("ask.com", "AXFR", server=ASK)
    assert answer.texts[0] == answer.texts[-1] and len(answer.records) == 10
    assert lab.host(MAIL).dig("ask.com", "AXFR", server=ASK).status == "transfer failed"
    assert "zone transfer 'ask.com/AXFR/IN' denied" in lab.host(ASK).name_log


def test_a_signed_copy(lab: Lab) -> None:
    key = 'key "transfers" { algorithm hmac-sha256; secret "c2VjcmV0"; };\n'
    become_secondary(lab)
    for host, old, new in (
        (lab.host(ASK), "allow-transfer { 128.10.12.1; }", "allow-transfer { key transfers; }"),
        (lab.host(NS), "primaries { 128.10.30.1; }", "primaries { 128.10.30.1 key transfers; }"),
    ):
        text = host.cat(CONF)
        assert old in text
        host.files.write_text(CONF, key + text.replace(old, new))
        assert host.reload_names() == []
    assert change(lab, "MX  10 mail", "MX  10 desk3") == []
    assert lab.host(NS).dig("ask.com", "MX", server=NS).texts == ("10 desk3.ask.com.",)
    assert lab.host(NS).dig("ask.com", "AXFR", server=ASK).status == "transfer failed"
    words = "hmac-sha256:transfers:c2VjcmV0"
    assert lab.host(MAIL).dig("ask.com", "AXFR", server=ASK, key=words).status == "NOERROR"
    wrong = lab.host(MAIL).dig("ask.com", "SOA", server=ASK, key="hmac-sha256:transfers:AAAA")
    assert wrong.status == "NOTAUTH" and "tsig indicates error (BADSIG)" in wrong.why and not wrong
    wrong = lab.host(MAIL).dig("ask.com", "AXFR", server=ASK, key="hmac-sha256:other:AAAA")
    assert "tsig indicates error (BADKEY)" in wrong.why
    assert "TSIG other: tsig verify failure (BADKEY)" in lab.host(ASK).name_log
    with pytest.raises(ValueError, match="hmac-sha256:NAME:SECRET"):
        lab.host(MAIL).dig("ask.com", key="transfers")


def test_without_a_word_the_refresh_finds_it(lab: Lab) -> None:
    become_secondary(lab, "\tnotify no;\n")
    assert change(lab, "MX  10 mail", "MX  10 desk3") == []
    asking = lab.host(MAIL)
    assert asking.dig("ask.com", "MX", server=NS).texts == ("10 mail.ask.com.",)
    lab.clock.advance("3h")
    assert asking.dig("ask.com", "MX", server=NS).texts == ("10 desk3.ask.com.",)


def test_a_serial_that_was_not_raised(lab: Lab) -> None:
    become_secondary(lab)
    [problem] = change(lab, "MX  10 mail", "MX  10 desk3", serial=2026030201)
    assert "zone serial (2026030201) unchanged" in str(problem)
    lab.clock.advance("1d")
    at = {server: lab.host(MAIL).dig("ask.com", "MX", server=server).texts for server in (ASK, NS)}
    assert at == {ASK: ("10 desk3.ask.com.",), NS: ("10 mail.ask.com.",)}
    serials = {lab.host(MAIL).dig("ask.com", "SOA", server=s).texts for s in (ASK, NS)}
    assert len(serials) == 1


def test_a_copy_outlives_its_primary_for_a_week(lab: Lab) -> None:
    become_secondary(lab)
    lab.down(ASK)
    assert lab.host(NS).restart("dns") == []
    lab.clock.advance("6d")
    assert lab.host(MAIL).dig("ask.com", "MX", server=NS).texts == ("10 mail.ask.com.",)
    lab.clock.advance("2d")
    answer = lab.host(MAIL).dig("ask.com", "MX", server=NS)
    assert answer.status == "SERVFAIL" and "expired" in answer.why
    lab.up(ASK)
    lab.clock.advance("1h")
    assert lab.host(MAIL).dig("ask.com", "MX", server=NS)


TOWN = """
[hosts."ns1.village.test"]
address = "198.51.100.1"
services = ["dns", "smtp"]
domains = ["village.test"]
[hosts."ns2.village.test"]
address = "198.51.100.2"
services = ["dns"]
[zones."village.test"]
server = "ns1.village.test"
secondaries = ["ns2.village.test"]
"""


def test_a_town_says_who_keeps_copies() -> None:
    with Lab(read_town(TOWN, name="village")) as lab:
        lab.run()
        answer = lab.host("ns1.village.test").dig("village.test", "NS", server="ns2.village.test")
        assert answer.texts == ("ns1.village.test.", "ns2.village.test.") and "aa" in answer.flags
        assert lab.host("ns2.village.test").cat("/var/cache/bind/db.village.test")
        zone = "/etc/bind/db.village.test"
        text = lab.host("ns1.village.test").cat(zone)
        lab.host("ns1.village.test").files.write_text(zone, text.replace("( 1 3h", "( 2 3h"))
        lab.host("ns1.village.test").reload_names()
        lab.run()
        answer = lab.host("ns1.village.test").dig("village.test", "SOA", server="ns2.village.test")
        assert answer.texts[0].split()[2] == "2"


@pytest.mark.parametrize(
    ("secondaries", "problem"),
    [
        ('["ns3.village.test"]', "secondaries 'ns3.village.test'; expected a host with dns"),
        ('["ns1.village.test"]', "the server itself"),
        ('"ns2.village.test"', r'expected secondaries = \["text", "text"\]'),
    ],
)
def test_secondaries_that_cannot_be(secondaries: str, problem: str) -> None:
    with pytest.raises(TownError, match=problem):
        read_town(TOWN.replace('["ns2.village.test"]', secondaries), name="village")


def test_a_mail_daemon_stops_and_what_waits_is_found_at_the_next_start(lab: Lab) -> None:
    host = lab.host("mail.example.com")
    lab.down("mail.ask.com")
    lab.user("alice@example.com").send(to="bob@ask.com", subject="Wait")
    host.stop()
    assert "-H" in host.ls("/var/spool/exim4/input")
    with pytest.raises(OSError, match="refused"):
        lab.talk("mail.example.com")
    host.restart("smtp")
    lab.settle()
    assert len(host.queue) == 1
    with pytest.raises(ValueError, match="no mail daemon"):
        lab.host("ns.ask.com").stop()
