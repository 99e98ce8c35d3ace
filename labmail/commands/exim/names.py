"""Who answers for the DNS on the command line: the name servers of this machine, or a file.

``labmail exim`` without a lab asks as an Exim on this machine would: the servers of
``/etc/resolv.conf``, names in full, and DNSSEC believed only where the file says ``trust-ad``.

The variable LABMAIL_DNS_ZONES names a file of records instead, for whoever wants the same answer
every day and no network:

    {"ask.com": [["MX", 10, "mail.ask.com"]], "mail.ask.com": [["A", "192.0.2.1"]],
     "slow.test": "SERVFAIL", "*.down.test": "SERVFAIL"}

Nothing is imported, read or asked before the first question.

Law: resolv.conf(5); RFC 1034 §4.3.2 for the answers from the file.

Try: ``LABMAIL_DNS_ZONES=zones.json labmail exim -be '${lookup dnsdb{mx=ask.com}}'``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labmail.exim.lookups.names import NameAnswer, Names, Record

_VARIABLE = "LABMAIL_DNS_ZONES"
_TTL = 300
_LONGEST_ALIAS = 10
_STRING = 255


def real_names(environment: Mapping[str, str]) -> Names:
    """The names of the file in LABMAIL_DNS_ZONES or, without that, those of this machine."""
    path = environment.get(_VARIABLE)
    return FileNames(path) if path else MachineNames()


class MachineNames:
    """The name servers of ``/etc/resolv.conf``. They are asked anew for each question."""

    def __init__(self, configuration: str = "/etc/resolv.conf") -> None:
        self.configuration = configuration
        self.port = 53
        self._resolver: Any = None
        self._trusted = False

    async def query(
        self, name: str, rdtype: str, *, wait: float | None = None, rounds: int | None = None
    ) -> NameAnswer:
        """What the servers say. ``wait`` is in seconds for one server, ``rounds`` the tries."""
        import dns.exception
        import dns.name
        import dns.resolver

        try:
            asked = dns.name.from_text(name.encode("latin-1"))
            resolver = self._asked(wait, rounds)
            answer = resolver.resolve(asked, rdtype, raise_on_no_answer=False, search=False)
            return self._answer(answer.response)
        except dns.resolver.NXDOMAIN:
            return NameAnswer("nxdomain")
        except dns.resolver.NoNameservers as refused:
            return NameAnswer("again" if "SERVFAIL" in str(refused) else "fail")
        except (dns.exception.Timeout, OSError):
            return NameAnswer("again")
        except (dns.exception.DNSException, UnicodeError):
            return NameAnswer("fail")

    def _asked(self, wait: float | None, rounds: int | None) -> Any:
        """Whoever asks, set up at the first question."""
        import dns.flags
        import dns.resolver

        if self._resolver is None:
            self._resolver = dns.resolver.Resolver(self.configuration)
            self._resolver.port = self.port
            self._resolver.set_flags(dns.flags.RD | dns.flags.AD)
            with open(self.configuration, encoding="latin-1") as file:
                self._trusted = "trust-ad" in file.read().split()
            self._patience = self._resolver.timeout, self._resolver.lifetime
        timeout, lifetime = self._patience
        if wait:
            timeout, lifetime = wait, wait * (rounds or 2)
        self._resolver.timeout, self._resolver.lifetime = timeout, lifetime
        return self._resolver

    def _answer(self, response: Any) -> NameAnswer:
        import dns.flags
        import dns.rdatatype

        records = [
            Record(str(rrset.name), dns.rdatatype.to_text(rrset.rdtype), rrset.ttl, rdata)
            for rrset in response.answer
            for rdata in rrset
        ]
        vouched = self._trusted and bool(response.flags & dns.flags.AD)
        return NameAnswer("ok" if records else "nodata", records, vouched)


class FileNames:
    """The records of a file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._zones: dict[str, Any] | None = None

    async def query(
        self, name: str, rdtype: str, *, wait: float | None = None, rounds: int | None = None
    ) -> NameAnswer:
        """What the file says; aliases are followed, as a name server does."""
        found: list[Record] = []
        name = name.removesuffix(".").lower()
        for _ in range(_LONGEST_ALIAS):
            records = self.zones.get(name)
            if records == "SERVFAIL" or (records is None and self._fails(name)):
                return NameAnswer("again")
            if records is None:
                return self._nothing(name)
            alias = [record for record in records if record[0] == "CNAME"]
            wanted = rdtype if rdtype == "CNAME" or not alias else "CNAME"
            found += [_record(name, record) for record in records if record[0] == wanted]
            if wanted == rdtype:
                break
            name = alias[0][1].removesuffix(".").lower()
        return NameAnswer("ok" if found else "nodata", found)

    @property
    def zones(self) -> dict[str, Any]:
        """The file, read at the first question."""
        if self._zones is None:
            import json

            with open(self.path, encoding="utf-8") as file:
                self._zones = json.load(file)
        return self._zones

    def _fails(self, name: str) -> bool:
        """Is it below a name whose servers fail?"""
        return any(zone.startswith("*.") and name.endswith(zone[1:]) for zone in self.zones)

    def _nothing(self, name: str) -> NameAnswer:
        """A name without records: there is one if there are names below it."""
        below = any(zone.endswith(f".{name}") for zone in self.zones)
        return NameAnswer("nodata" if below else "nxdomain")


def _record(owner: str, fields: list[Any]) -> Record:
    """A record of the file as the library has it."""
    import dns.name
    import dns.rdata

    rdtype, *values = fields
    if rdtype in ("TXT", "SPF"):
        octets = str(values[0]).encode("latin-1")
        parts = [octets[at : at + _STRING] for at in range(0, max(1, len(octets)), _STRING)]
        text = " ".join(f'"{_escaped(part)}"' for part in parts)
    else:
        text = " ".join(map(str, values))
    rdata = dns.rdata.from_text("IN", rdtype, text, origin=dns.name.root, relativize=False)
    return Record(f"{owner}.", rdtype, _TTL, rdata)


def _escaped(octets: bytes) -> str:
    return "".join(f"\\{octet:03d}" for octet in octets)
