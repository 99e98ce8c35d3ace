"""Chains of routers that ask the DNS: dnslookup, and hosts that have names.

Both engines ask the same name server, in a network of their own: Linux, root and ``unshare`` are
needed. The domains of `ZONES` have all that can be odd about a domain: aliases in circles, MX
records that lead nowhere or here, servers that fail, names that are none.

Run: ``python -m tests.parity.fuzz.routing 2000 --names``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from tests.exim.lookups import nameserver

from .configurations import Configuration
from .routing import FILES, Writer, asked_how

MAIL = "mx1.plain.test"
ZONES: dict[str, Any] = {
    "plain.test": [["MX", "10 mx1.plain.test."], ["MX", "20 mx2.plain.test."]],
    "mx1.plain.test": [["A", "198.51.100.11"]],
    "mx2.plain.test": [["A", "198.51.100.12"], ["AAAA", "2001:db8::12"]],
    "nomx.test": [["A", "198.51.100.20"]],
    "nomx6.test": [["AAAA", "2001:db8::20"]],
    "nullmx.test": [["MX", "0 ."], ["A", "198.51.100.21"]],
    "nullmx2.test": [["MX", "0 ."], ["MX", "10 mx1.plain.test."]],
    "here.test": [["MX", "5 mx1.lab.test."], ["MX", "10 mx1.plain.test."]],
    "mx1.lab.test": [["A", "127.0.0.1"]],
    "second.test": [["MX", "5 mx1.plain.test."], ["MX", "10 mx1.lab.test."]],
    "cname.test": [["CNAME", "plain.test."]],
    "www.cname.test": [["CNAME", "nomx.test."]],
    "dangling.test": [["CNAME", "gone.test."]],
    "loop.test": [["CNAME", "loop2.test."]],
    "loop2.test": [["CNAME", "loop.test."]],
    "badmx.test": [["MX", "10 nohost.test."]],
    "badmx2.test": [["MX", "10 nohost.test."], ["MX", "20 mx1.plain.test."]],
    "ipmx.test": [["MX", "10 198.51.100.99."]],
    "fail.test": "SERVFAIL",
    "mxfail.test": [["MX", "10 fail.test."]],
    "partmx.test": [["MX", "10 fail.test."], ["MX", "20 mx1.plain.test."]],
    "private.test": [["MX", "10 lan.test."]],
    "lan.test": [["A", "192.168.3.4"]],
    "six.test": [["MX", "10 nomx6.test."], ["MX", "20 nomx.test."]],
    "srv.test": [["A", "198.51.100.51"]],
    "_smtp._tcp.srv.test": [["SRV", "1 0 2525 mx1.plain.test."], ["SRV", "2 0 25 nohost.test."]],
    "nosrv.test": [["A", "198.51.100.50"]],
    "_smtp._tcp.nosrv.test": [["SRV", "0 0 0 ."]],
    "zero.test": [["A", "0.0.0.0"]],
    "wide.a.test": [["A", "198.51.100.61"]],
}
DOMAINS = (*(name for name in ZONES if "_" not in name), "gone.test", "-x.test", "wide",
           "[192.0.2.1]", "x..y.test", "192.0.2.1", "Plain.TEST", f"{'t' * 70}.test")  # fmt: skip
ROUTES = (
    "mx1.plain.test", "mx2.plain.test", "plain.test/mx", "nomx.test/mx", "gone.test/MX", "/mx",
    "fail.test", "nohost.test", "mx1.plain.test::587:mx2.plain.test", '"<+ [2001:db8::5]:26"',
    '"mx1.plain.test : fail.test"', "mx1.lab.test", "here.test/mx", "second.test/mx", "cname.test",
    '"<; mx1.plain.test"', "$domain", "$1", "zero.test", "nullmx.test/mx", "mxfail.test/mx",
    "localhost", '"[mx1.plain.test]"', "*", '"mx1.plain.test', "mx2.plain.test/mx/",
)  # fmt: skip
OWN = {
    "check_secondary_mx": 0.08, "ignore_target_hosts = 198.51.100.11": 0.08,
    "ignore_target_hosts = <; 2001:db8::/32 ; 192.168.0.0/16": 0.08, "mx_domains = *": 0.08,
    "mx_fail_domains = *": 0.07, "srv_fail_domains = *": 0.05, "check_srv = smtp": 0.2,
    "check_srv = ${bad:x}": 0.02, "self = pass": 0.07, "self = send": 0.07, "self = fail": 0.07,
    "self = reroute: plain.test": 0.07, "self = reroute: rewrite: nomx.test": 0.07,
    "pass_on_timeout": 0.15, "widen_domains = a.test : test": 0.15, "rewrite_headers = false": 0.05,
    "same_domain_copy_routing": 0.08, "fail_defer_domains = *": 0.08, "ipv4_only = yes": 0.06,
    "ipv4_prefer = yes": 0.06, "no_more": 0.2, "dnssec_require_domains = *": 0.05,
    "cannot_route_message = no way to $domain $self_hostname": 0.1,
}  # fmt: skip
MAIN = ("dns_again_means_nonexist = fail.test", "dns_check_names_pattern =", "disable_ipv6",
        "dns_cname_loops = 0", "dns_cname_loops = 9", "dns_ipv4_lookup = *",
        "extra_local_interfaces = 198.51.100.11")  # fmt: skip


class Asking(Writer):
    """Routers that ask for names, among all the others."""

    def main(self) -> str:
        said = "".join(f"{line}\n" for line in MAIN if self.chance(0.05))
        return super().main() + said

    def router(self, name: str) -> str:
        if self.chance(0.55):
            return super().router(name)
        self.features.add("router dnslookup")
        options = [option for option, often in OWN.items() if self.chance(often)]
        self.features |= {f"dnslookup option {option.split()[0]}" for option in options}
        if self.chance(0.1):
            options.append(f"domains = {self.one('@mx_any', '@mx_primary', '! @mx_secondary')}")
        lines = ["driver = dnslookup", "transport = smtp", *options, *self.afterwards()]
        once = {line.partition("=")[0].strip(): line for line in lines}
        return f"{name}:\n" + "".join(f"  {line}\n" for line in once.values())

    def rule(self) -> str:
        if self.chance(0.4):
            return super().rule()
        self.features.add("route to a name")
        domain = self.one("*", "plain.test", "*.test", "!gone.test", "^(.+)\\\\.test$")
        how = self.one("", "", "byname", "bydns", "bydns", "ipv4_prefer", "own")
        return f"{domain} {self.one(*ROUTES)} {how}"

    def address(self) -> str:
        return super().address() if self.chance(0.5) else f"ann@{self.one(*DOMAINS)}"

    def asked(self) -> str:
        return (
            super().asked() if self.chance(0.3) else f"{self.one('ann', 'x')}@{self.one(*DOMAINS)}"
        )


def configuration(r: Random) -> Configuration:
    """A chain of routers that ask the DNS, and what is asked about it."""
    writer = Asking(r)
    text = writer.write().replace("dns_ipv4_lookup = *\n", "", 1)
    return Configuration(text, FILES, asked_how(writer, text), frozenset(writer.features))


def for_labmail() -> str:
    """The zones as LABMAIL_DNS_ZONES has them."""
    told: dict[str, Any] = {}
    for name, records in ZONES.items():
        told[name] = records if isinstance(records, str) else [_row(*record) for record in records]
    return json.dumps(told)


def _row(kind: str, text: str) -> list[str]:
    return [kind, *text.split()]


def again(arguments: Sequence[str], folder: Path) -> int:
    """Runs this module's program beside the name server, in a network of its own."""
    path = folder / "zones.server"
    path.write_text(json.dumps(ZONES))
    server = [sys.executable, nameserver.__file__, str(path), "doubt", "--"]
    program = [sys.executable, "-m", "tests.parity.fuzz.routing", *arguments]
    return subprocess.run(["unshare", "-n", "-m", *server, *program]).returncode
