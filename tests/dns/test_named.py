"""What named.conf means: the settings that count, those that are read over, and the mistakes."""

from __future__ import annotations

from pathlib import Path

import dns.name
import pytest

from labmail.dns import conf, named
from labmail.dns.peers import Peer
from labmail.dns.problems import ConfigError
from labmail.world import HostFiles


def meaning(text: str) -> named.NamedConf:
    return named.meaning(conf.parse(text, "named.conf"))


DEBIAN = """
// what a real host has
acl "inside" { 128.10.12.0/24; !128.10.12.9; };
options {
    directory "/var/cache/bind";
    dnssec-validation auto;  # read over
    listen-on port 53 { any; };
    listen-on-v6 { any; };
    allow-recursion { "inside"; localhost; };
    forwarders { 128.10.30.1; 128.10.30.9 port 5353; };
};
controls { inet 127.0.0.1 port 953 allow { localhost; } keys { "rndc-key"; }; };
logging { category lame-servers { null; }; };
zone "." { type hint; file "/usr/share/dns/root.hints"; };
zone "localhost" IN { type master; file "/etc/bind/db.local"; notify no; };
zone "ask.com" { type forward; forward only; forwarders port 54 { 128.10.30.1; }; };
"""


def test_a_real_configuration() -> None:
    found = meaning(DEBIAN)
    assert found.directory == "/var/cache/bind"
    assert found.forwarders == (("128.10.30.1", 53), ("128.10.30.9", 5353))
    assert [(str(zone.name), zone.kind, zone.file) for zone in found.zones] == [
        (".", "hint", "/usr/share/dns/root.hints"),
        ("localhost.", "primary", "/etc/bind/db.local"),
        ("ask.com.", "forward", ""),
    ]
    assert found.zones[2].forwarders == (("128.10.30.1", 54),)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("client", "allowed"),
    [("128.10.12.4", True), ("128.10.12.9", True), ("128.10.30.1", True), ("192.0.2.1", False)],
)
def test_the_first_element_that_matches_decides(client: str, allowed: bool) -> None:
    """128.10.12.9 is in the net that stands before its exception: BIND lets it in, too."""
    assert meaning(DEBIAN).allow_recursion.allows(client, "128.10.30.1") is allowed


@pytest.mark.parametrize(
    ("element", "inside", "outside"),
    [
        ("any", "192.0.2.1", None),
        ("none", None, "128.10.12.4"),
        ("localnets", "128.10.12.200", "128.10.13.1"),
        ("localhost", "128.10.12.1", "128.10.12.2"),
        ("128.10/16", "128.10.99.99", "128.11.0.1"),
        ("!128.10.12.4; any", "128.10.12.5", "128.10.12.4"),
        ("{ !128.10.12.4; 128.10.12.0/24; }; 128.10.12.4", "128.10.12.4", "128.10.30.1"),
        ("2001:db8::/32", "2001:db8::7", "128.10.12.4"),
    ],
)
def test_address_match_lists(element: str, inside: str | None, outside: str | None) -> None:
    found = meaning(f"options {{ allow-query {{ {element}; }}; }};").allow_query
    assert inside is None or found.allows(inside, "128.10.12.1")
    assert outside is None or not found.allows(outside, "128.10.12.1")


def test_who_may_recurse_follows_from_who_may_ask() -> None:
    assert not meaning("").allow_recursion.allows("192.0.2.1", "128.10.12.1")
    assert meaning("").allow_recursion.allows("128.10.12.77", "128.10.12.1")
    asked = meaning("options { allow-query { 192.0.2.0/24; }; };")
    assert asked.allow_recursion.allows("192.0.2.1", "128.10.12.1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('zone "a" { type primary; };', "1:6: missing 'file' entry: found 'a'"),
        ('zone "a" { file "db"; };', "1:6: zone has no type"),
        ('zone "a" { typ primary; };', "1:12: unknown option 'typ': found 'typ'; try: type"),
        ('zone "a" { type primry; };', "try: primary"),
        ('zone "a" { type stub; };', "zones of type stub are not served here"),
        ('zone "a" { type primary file "z"; };', "missing ';' before 'file'"),
        ('zone "a" { type forward; file "z"; };', "not allowed in 'forward' zone"),
        ('zone "a" CH { type primary; file "z"; };', "bad class: found 'CH'"),
        ('zone "a..b" { type forward; };', "is not a valid name"),
        ('zone a { type forward; };\nzone "a." { type forward; };', "2:6: zone already exists"),
        ("options { recursion maybe; };", "boolean expected: found 'maybe'"),
        ("options { recursion no; recursion yes; };", "'recursion' redefined"),
        ("options { }; options { };", "'options' redefined"),
        ("options { allow-query { 1.2.3; }; };", "bad address: found '1.2.3'"),
        ("options { allow-query { 10.0.0.1/8; }; };", "try: 10.0.0.0/8"),
        ("options { allow-query { insid; }; };\nacl inside { any; };", "try: inside"),
        ("options { forwarders { ns.ask.com; }; };", "expected IP address: found 'ns.ask.com'"),
        ("options { forwarders { 1.2.3.4 port 99999; }; };", "a port from 1 to 65535"),
        ("options { forward perhaps; };", "expected only or first"),
        ("acl a { b; }; acl b { a; };", "acl loop detected"),
        ("zonee { };", "unknown option 'zonee': found 'zonee'; try: zone"),
        ('view "x" { };', "views are not served here"),
        ("server 192.0.2.1 { keys { no; }; };", "unknown key 'no'"),
        ("server 192.0.2.1 { keys no; };", "unknown key 'no'"),
        ("server 192.0.2.1 { }; server 192.0.2.1 { };", "already exists previous definition"),
        ("server here { };", "expected the address or the net of a server"),
    ],
)
def test_mistakes(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        meaning(text)
    assert told in str(caught.value)
    assert str(caught.value).startswith("named.conf:")


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        meaning('options { recursion perhaps; };\nzone "a" { };\nzone "b" { tipe forward; };')
    assert [problem.spot.line for problem in caught.value.problems] == [1, 2, 3]


def test_named_conf_is_read_where_there_is_one(tmp_path: Path) -> None:
    files = HostFiles(tmp_path)
    with pytest.raises(ConfigError, match=r"/etc/bind/named.conf: file not found"):
        named.load(files.read_text, files.exists)
    files.write_text("/etc/bind/named.conf.local", "acl parts { any; };")
    files.write_text("/etc/bind/named.conf.options", "options { recursion no; };")
    assert named.load(files.read_text, files.exists).recursion is False
    files.write_text("/etc/bind/named.conf", 'include "named.conf.local";')
    assert named.load(files.read_text, files.exists).recursion is True


def test_a_key_for_a_server() -> None:
    key = 'key "k" { algorithm hmac-sha256; secret "c2VjcmV0"; };'
    conf = meaning(f"{key} server 192.0.2.1 {{ bogus no; keys {{ k; }}; }}; server 10/8 {{ }};")
    name = dns.name.from_text("k")
    assert conf.key_for(Peer("192.0.2.1")) == name
    assert conf.key_for(Peer("192.0.2.2")) is None
    assert conf.key_for(Peer("192.0.2.1", key=dns.name.from_text("l"))) != name
