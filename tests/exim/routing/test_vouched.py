"""`dnssec_require_domains`: an answer counts if the name server vouches for it."""

from __future__ import annotations

from pathlib import Path

import dns.rdata
import pytest

from labmail.exim.lookups.names import NameAnswer, Record
from labmail.exim.routing.why import explain
from tests.exim.routing.asking import desk

ROUTER = "far:\n  driver = dnslookup\n  dnssec_require_domains = *\n  transport = smtp\n"
ZONE = {("mx.test", "MX"): "10 host.test.", ("host.test", "A"): "192.0.2.1"}


class Names:
    """A resolver that vouches for some kinds of records."""

    def __init__(self, *vouched: str) -> None:
        self.vouched = vouched

    async def query(
        self, name: str, rdtype: str, *, wait: float | None = None, rounds: int | None = None
    ) -> NameAnswer:
        text = ZONE.get((name, rdtype))
        if text is None:
            return NameAnswer("nodata")
        record = Record(name, rdtype, 60, dns.rdata.from_text("IN", rdtype, text))
        return NameAnswer("ok", [record], rdtype in self.vouched)


@pytest.mark.parametrize(
    ("vouched", "told"),
    [
        (("MX", "A"), "  host host.test [192.0.2.1] MX=10\n"),
        (("MX",), "host lookup done insecurely"),
        (("A",), "host lookup done insecurely"),
    ],
)
def test_every_answer_on_the_way_counts(
    tmp_path: Path, vouched: tuple[str, ...], told: str
) -> None:
    at = desk(tmp_path, ROUTER)
    at.context.searches.names = Names(*vouched)
    assert told in explain("bob@mx.test", at).short
