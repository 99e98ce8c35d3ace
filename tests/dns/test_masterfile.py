"""Zone files: what they say, and what is told about mistakes in them."""

from __future__ import annotations

from pathlib import Path

import dns.name
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.dns import masterfile, zone
from labmail.dns.generate import expand
from labmail.world import HostFiles

ASK = dns.name.from_text("ask.com")
TOP = "$TTL 1h\n@ IN SOA ns hostmaster ( 1 2 3 4 5 )\n@ NS ns\nns A 128.10.30.1\n"


def read(text: str) -> masterfile.MasterFile:
    return masterfile.read("/etc/bind/db.ask.com", ASK, lambda path: text)


def told(text: str) -> list[str]:
    return [str(problem) for problem in read(text).problems]


def test_every_way_to_write_a_record() -> None:
    text = TOP + (
        "mail\tIN\tA\t128.10.30.2 ; with a comment\n"
        "     60 IN AAAA 2001:db8::2\n"
        "www IN 2h CNAME mail\n"
        'deep.er.ask.com. 5 TXT ( "one; two" ; a comment inside\n'
        "   three\\;four )\n"
        "$ORIGIN sub.ask.com.\n"
        "@ MX 10 mail.ask.com.\n"
        "x\\.y A 128.10.30.3\n"
    )
    lines = [f"{r.owner} {r.ttl} {r.rdtype.name} {r.rdata}" for r in read(text).records[3:]]
    assert lines == [
        "mail.ask.com. 3600 A 128.10.30.2",
        "mail.ask.com. 60 AAAA 2001:db8::2",
        "www.ask.com. 7200 CNAME mail.ask.com.",
        'deep.er.ask.com. 5 TXT "one; two" "three;four"',
        "sub.ask.com. 3600 MX 10 mail.ask.com.",
        "x\\.y.sub.ask.com. 3600 A 128.10.30.3",
    ]
    assert told(text) == []


def test_our_reading_is_that_of_dnspython() -> None:
    folder = Path(__file__).parent / "bind" / "etc" / "bind"
    for name in ("ask.com", "example.com", "dept.ask.com", "nomail.test"):
        text, origin = (folder / f"db.{name}").read_text(), dns.name.from_text(name)
        ours, problems = zone.load(name, origin, lambda path, text=text: text)
        theirs = dns.zone.from_text(text, origin, relativize=False)
        assert ours is not None and ours.data == theirs, list(map(str, problems))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "@ MX mail",
            "5:6: not a valid number: found 'mail', expected a preference from 0 to 65535; "
            "try: MX 10 mail",
        ),
        (
            "@ MX 10",
            "5:6: unexpected end of input: found '10', expected after it the name of a host; "
            "try: MX 10 mail",
        ),
        ("mail A 128.10.30", "5:8: bad dotted quad: found '128.10.30'"),
        ("mail A 128.10.30.2 x", "5:20: extra input text: found 'x'"),
        ("mail  B  1.2.3.4", "5:7: unknown RR type 'B'"),
        ("mail AAA 1.2.3.4", "try: AAAA"),
        ("mail 1x A 1.2.3.4", "5:6: bad TTL: found '1x'"),
        ("ma..il A 1.2.3.4", "5:1: empty label: found 'ma..il'"),
        ("a" * 64 + " A 1.2.3.4", "5:1: label too long"),
        ('mail TXT "open', "5:10: unbalanced quotes"),
        ("mail ( A 1.2.3.4", "5:6: unbalanced parentheses: found '(', expected a matching ')'"),
        ("mail A 1.2.3.4 )", "5:16: unbalanced parentheses"),
        ("$TLL 3600", "5:1: unknown $ directive '$TLL': found '$TLL'; try: $TTL"),
        ("mail TXT caf\udce9", "5:13: bad character: found 'byte 0xE9', expected text in UTF-8"),
        ("mail A 1.2.3.4\\", "5:15: backslash at end of line"),
    ],
)
def test_mistakes_are_told_with_place_and_cure(line: str, said: str) -> None:
    (only,) = told(TOP + line + "\n")
    assert only.startswith("/etc/bind/db.ask.com:5:")
    assert said in only


def test_every_mistake_is_told_and_the_rest_is_read() -> None:
    found = read(TOP + "a A 1.2.3\nb A 1.2.3.4\nc MX x\n")
    assert [problem.spot.line for problem in found.problems] == [5, 7]
    assert found.records[-1].owner == dns.name.from_text("b.ask.com")


def test_a_forgotten_dot_is_pointed_at() -> None:
    """The commonest mistake of all: a name written in full, without its final dot."""
    _, problems = zone.load("db", ASK, lambda path: TOP + "@ MX 10 mail.ask.com\n")
    (problem,) = problems
    assert problem.what == "ask.com/MX 'mail.ask.com.ask.com' has no address records (A or AAAA)"
    assert "a final dot behind mail.ask.com" in problem.expected


def test_include_stays_inside_the_host(tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.write_text("stolen TXT secret\n")
    files = HostFiles(tmp_path / "host")
    files.write_text("/etc/bind/more", "here A 128.10.30.4\n")
    files.write_text(
        "/etc/bind/db",
        f"{TOP}$INCLUDE more sub\nback A 128.10.30.5\n$INCLUDE {outside}\n"
        "$INCLUDE ../../../../secret\n",
    )
    found = masterfile.read("/etc/bind/db", ASK, files.read_text)
    assert [str(record.owner) for record in found.records[3:]] == [
        "here.sub.ask.com.",
        "back.ask.com.",
    ]
    assert [problem.what for problem in found.problems] == ["file not found", "file not found"]


def test_a_zone_that_includes_itself_ends() -> None:
    found = read(TOP + "$INCLUDE /etc/bind/db.ask.com\n")
    assert [problem.what for problem in found.problems] == ["file includes itself"]
    assert len(found.records) == 3


def test_generate() -> None:
    found = read(TOP + "$GENERATE 8-12/2 pc$ 60 A 10.0.0.$\n$GENERATE 1-1 $$TTL A 1.2.3.4\n")
    assert [f"{r.owner} {r.ttl} {r.rdata}" for r in found.records[3:]] == [
        "pc8.ask.com. 60 10.0.0.8",
        "pc10.ask.com. 60 10.0.0.10",
        "pc12.ask.com. 60 10.0.0.12",
        "\\$TTL.ask.com. 3600 1.2.3.4",
    ]
    assert expand("${-2,3}", 5) == "003"
    for bad in ("1-9999999", "5-1", "1-2/0", "x"):
        assert len(read(f"{TOP}$GENERATE {bad} h$ A 1.2.3.4\n").problems) == 1


@given(st.text(max_size=80) | st.text('()";\\ \t\nab@$.0159AMX', max_size=80))
def test_no_text_makes_it_fall_over(text: str) -> None:
    found, problems = zone.load("db", ASK, lambda path: TOP + text)
    for problem in problems:
        assert problem.spot.file == "db" and problem.what
    assert found is not None or any(problem.severity == "error" for problem in problems)


NAMES = st.lists(st.text("abc*-", min_size=1, max_size=3), max_size=3).map(".".join)
RECORDS = st.tuples(NAMES, st.sampled_from(["A 10.0.0.1", "TXT x", "MX 1 a", "NS a", "CNAME b"]))


@given(st.lists(RECORDS, max_size=8), NAMES)
def test_looking_up_never_fails_and_keeps_to_its_cases(
    records: list[tuple[str, str]], asked: str
) -> None:
    lines = "".join(f"{owner or '@'} {rest}\n" for owner, rest in records)
    found, _ = zone.load("db", ASK, lambda path: TOP + lines)
    if found is None:
        return
    name = dns.name.from_text(asked, ASK) if asked else ASK
    result = found.look(name, masterfile.RdataType.A)
    known = set(found.data.nodes)
    if isinstance(result, zone.NoName):
        assert not any(each.is_subdomain(name) for each in known)
    if name in known and not isinstance(result, zone.Delegation):
        assert not isinstance(result, zone.NoName)
    if isinstance(result, zone.Data):
        assert all(rrset.name == name for rrset in result.rrsets)
