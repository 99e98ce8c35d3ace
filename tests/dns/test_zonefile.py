"""What is written as a zone file is read as the same zone, whatever a primary has put into it."""

from __future__ import annotations

import dns.name
import dns.rdata
import dns.zone
from dns.name import Name
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from hypothesis import given
from hypothesis import strategies as st

from labmail.dns import zone, zonefile
from labmail.dns.zone import Zone

ORIGIN = dns.name.from_text("ask.com")
LABELS = st.one_of(
    st.sampled_from(
        [b"www", b"*", b"@", b"a.b", b'"', b";x", b"$TTL", b"\\", b" ", b"IN", b"3600"]
    ),
    st.binary(min_size=1, max_size=8),
)
NAMES = st.lists(LABELS, max_size=3).map(lambda labels: Name(labels).concatenate(ORIGIN))
ELSEWHERE = st.lists(LABELS, max_size=2).map(lambda labels: Name([*labels, b"org", b""]))
TARGETS = st.one_of(NAMES, ELSEWHERE, st.just(dns.name.root))
TEXTS = st.lists(st.binary(max_size=20), min_size=1, max_size=3)


def rdata(kind: RdataType, wire: bytes) -> dns.rdata.Rdata:
    return dns.rdata.from_wire(IN, kind, wire, 0, len(wire))


def txt(texts: list[bytes]) -> dns.rdata.Rdata:
    return rdata(RdataType.TXT, b"".join(bytes([len(text)]) + text for text in texts))


RDATA = st.one_of(
    st.binary(min_size=4, max_size=4).map(lambda octets: rdata(RdataType.A, octets)),
    st.binary(min_size=16, max_size=16).map(lambda octets: rdata(RdataType.AAAA, octets)),
    TARGETS.map(lambda name: rdata(RdataType.MX, b"\0\12" + (name.to_wire() or b""))),
    TEXTS.map(txt),
    st.binary(max_size=9).map(lambda octets: rdata(RdataType(65280), octets)),
)


@given(st.lists(st.tuples(NAMES, st.sampled_from([0, 1, 60, 3600, 2**31 - 1]), RDATA), max_size=12))
def test_written_and_read_it_is_the_same(records: list[tuple[Name, int, dns.rdata.Rdata]]) -> None:
    data = dns.zone.Zone(ORIGIN, relativize=False)
    top = dns.rdata.from_text(IN, "SOA", "ns.ask.com. h.ask.com. 4294967295 1 2 3 4")
    for name, ttl, each in [
        (ORIGIN, 3600, top),
        (ORIGIN, 3600, dns.rdata.from_text(IN, "NS", "ns.ask.com.")),
        *records,
    ]:
        data.find_rdataset(name, each.rdtype, create=True).add(each, ttl)
    text = zonefile.write(Zone(data))
    again, problems = zone.load("copy", ORIGIN, lambda path: text, copied=True)
    assert again is not None, [text, *map(str, problems)]
    assert again.data == data, text
    assert {(n, s.rdtype, s.ttl) for n, s in again.data.iterate_rdatasets()} == {
        (n, s.rdtype, s.ttl) for n, s in data.iterate_rdatasets()
    }
