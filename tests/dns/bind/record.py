"""Records what real BIND answers for the zones beside this file, as `answers.json`.

    python tests/dns/bind/record.py            needs `named` and `named-checkzone` (package bind9)

`tests/dns/test_like_bind.py` compares our server with the recording, and with BIND itself where it
is installed.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
from dns.message import Message

HERE = Path(__file__).parent


def _words(text: str) -> list[str]:
    return text.split()


NAMES = _words(
    """
    ask.com mail.ask.com www.ask.com web.ask.com far.ask.com lost.ask.com empty.ask.com
    sick.ask.com down.ask.com loop1.ask.com deep.er.ask.com er.ask.com x.er.ask.com x.wild.ask.com
    x.y.wild.ask.com b.wild.ask.com c.b.wild.ask.com a.b.wild.ask.com wild.ask.com *.wild.ask.com
    x.alias.ask.com sales.ask.com www.sales.ask.com ns.sales.ask.com dept.ask.com www.dept.ask.com
    no.dept.ask.com _submission._tcp.ask.com _tcp.ask.com short.ask.com many.ask.com mixed.ask.com
    nothing.ask.com MAIL.ask.COM example.com pc2.example.com pc4.example.com
    2.30.10.128.in-addr.arpa 3.30.10.128.in-addr.arpa nomail.test broken.test www.broken.test
    """
)
OUTSIDE = _words("away.ask.com elsewhere.test com .")
"""Asked only where there is no recursion: else BIND would ask the Internet."""
TYPES = _words("A AAAA MX NS SOA TXT PTR SRV ANY")
ZONE = "$TTL 3600\n@ IN SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 128.10.30.1\n"
MISTAKES = [
    "@ MX mail",
    "@ MX 10 mail",
    "@ MX 10 128.10.30.2",
    "@ MX 10 128.10.30.2.",
    "@ MX 70000 ns",
    "@ MX 10 www\nwww CNAME ns",
    "mail A 128.10.30",
    "mail A 128.10.30.2 5",
    "mail A",
    "www CNAME ns\nwww A 1.2.3.4",
    "www A 1.2.3.4\nwww CNAME ns",
    "@ CNAME ns",
    "mail.example.com. A 1.2.3.4",
    "mail B 1.2.3.4",
    'mail TXT "abc',
    "mail..x A 1.2.3.4",
    "mail 60 A 1.2.3.4\nmail 70 A 1.2.3.5",
    "ma_il A 1.2.3.4",
    "ma_il TXT x",
    "@ NS www\nwww CNAME ns",
    "@ NS nowhere",
    "@ NS 1.2.3.4",
    "@ SOA ns hostmaster 1 2 3 4 5",
    "@ SOA ns hostmaster 2 2 3 4 5",
    "$INCLUDE /nonexistent",
    "$FOO 1",
    "@ MX 10 mail.sub\nsub NS ns.sub",
    "x HINFO a",
    "$GENERATE 1-3 h$ A 10.0.0.$",
    "$GENERATE 3-1 h$ A 10.0.0.$",
    "mail A 1.2.3.4\nmail A 1.2.3.4",
    "@ SRV 0 0 25 nope",
    "1h A 1.2.3.4",
    "mail",
    "mail CH A 1.2.3.4",
    "mail IN 1h A 1.2.3.4",
    "mail 1h IN A 1.2.3.4",
    "mail ( A 1.2.3.4",
    "mail A 1.2.3.4 )",
    "x TYPE65280 \\# 4 0A000001",
    "www CNAME ns\nwww CNAME mail",
    "a.b.c A 1.2.3.4",
    "*.w A 1.2.3.4",
    "@ MX 0 .",
    "x.sub SOA a b 1 2 3 4 5",
    "long" + "x" * 64 + " A 1.2.3.4",
    "mail AAAA 2001:db8::g",
    "mail AAAA 2001:db8::1",
    "$ORIGIN sub\nx A 1.2.3.4",
]
WHOLE = [
    "",
    "\n; nothing\n",
    " A 1.2.3.4\n" + ZONE,
    ZONE.replace("$TTL 3600\n", ""),
    "ns A 1.2.3.4\n" + ZONE.replace("$TTL 3600\n", ""),
    ZONE.replace("ns A 128.10.30.1\n", ""),
    ZONE.replace("@ NS ns\n", ""),
    "$TTL 3600\n@ NS ns\nns A 1.2.3.4\n",
]


def queries(recursion: bool) -> Iterator[Message]:
    """The questions: each with and without RD; with recursion only those with it."""
    for name in NAMES + ([] if recursion else OUTSIDE):
        for rdtype in TYPES:
            for flags in (dns.flags.RD,) if recursion else (0, dns.flags.RD):
                query = dns.message.make_query(name, rdtype, use_edns=0, payload=4096, id=4711)
                query.flags = dns.flags.Flag(flags)
                yield query


def key(query: Message) -> str:
    asked = query.question[0]
    rd = " +rd" if query.flags & dns.flags.RD else ""
    return f"{asked.name} {dns.rdatatype.to_text(asked.rdtype)}{rd}"


def essence(reply: Message) -> list[Any]:
    """What counts of an answer: code, flags, and the sections; the order of records does not."""
    flags = reply.flags & (dns.flags.AA | dns.flags.RA | dns.flags.TC)
    answer = [line for rrset in reply.answer for line in sorted(_lines(rrset))]
    rest = [sorted(line for rrset in part for line in _lines(rrset))
            for part in (reply.authority, reply.additional)]  # fmt: skip
    return [f"{dns.rcode.to_text(reply.rcode())} {dns.flags.to_text(flags)}".strip(), answer, *rest]


def _lines(rrset: Any) -> list[str]:
    kind = dns.rdatatype.to_text(rrset.rdtype)
    return [f"{rrset.name} {rrset.ttl} {kind} {rdata}".lower() for rdata in rrset]


@contextmanager
def bind(named: str, recursion: bool) -> Iterator[int]:
    """A real name server with our zones on loopback; gives its port.

    It asks nobody: without recursion there is no reason to, and with it its forwarder and its root
    server are dead ends on loopback.
    """
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        config = Path(folder, "named.conf")
        config.write_text(_configuration(folder, port, recursion))
        with open(Path(folder, "log"), "w") as log:
            process = subprocess.Popen([named, "-g", "-n", "1", "-c", str(config)], stderr=log)
        try:
            _wait_until_it_runs(Path(folder, "log"))
            yield port
        finally:
            process.terminate()
            process.wait()


def _wait_until_it_runs(log: Path, patience: float = 60) -> None:
    """Waits for BIND to say so; a machine may be busy."""
    end = time.monotonic() + patience
    while "all zones loaded" not in (told := log.read_text()) or " running" not in told:
        if time.monotonic() > end:
            raise TimeoutError(f"named did not start:\n{told}")
        time.sleep(0.05)


def _configuration(folder: str, port: int, recursion: bool) -> str:
    own = shutil.copytree(HERE / "etc", Path(folder, "etc")) / "bind"
    options = (own / "named.conf.options").read_text()
    if recursion:
        (own / "root.hints").write_text(". 1 NS here.\nhere. 1 A 127.0.0.1\n")
        dead = "forward only; forwarders port 1 { 127.0.0.1; };"
        options = options.replace("recursion no;", "allow-recursion { any; }; " + dead)
        options += 'zone "." { type hint; file "/etc/bind/root.hints"; };\n'
    options = options.replace(
        "options {",
        f"options {{ listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};"
        " pid-file none; session-keyfile none; dnssec-validation no;"
        f' managed-keys-directory "{folder}";',
    )
    text = "controls { };\n" + options + (own / "named.conf.local").read_text()
    return text.replace('"/etc/bind', f'"{own}')


def answers(named: str, recursion: bool) -> dict[str, list[Any]]:
    """What BIND answers to every question."""
    with bind(named, recursion) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.setblocking(False)
        return {
            key(query): essence(dns.query.tcp(query, "127.0.0.1", timeout=60, sock=line))
            for query in queries(recursion)
        }


def verdict(checkzone: str, text: str) -> list[Any]:
    """Whether BIND loads a zone file, and its words, without file names."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "zone").write_text(text)
        done = subprocess.run(
            [checkzone, "-k", "fail", "-i", "local", "ask.com", "zone"],
            cwd=folder, capture_output=True, text=True, timeout=20,
        )  # fmt: skip
    return [done.returncode == 0, (done.stdout + done.stderr).splitlines()]


def program(name: str) -> str | None:
    """Where a program is; servers lie where an ordinary user does not look."""
    return shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/bin"]))


def zone_files() -> list[str]:
    return [f"{ZONE}{mistake}\n" for mistake in MISTAKES] + WHOLE


def main() -> None:
    named, checkzone = program("named"), program("named-checkzone")
    if not named or not checkzone:
        raise SystemExit("named and named-checkzone are not installed: apt-get install bind9")
    recorded = {
        "program": os.popen(f"{named} -v").read().strip(),
        "authoritative": answers(named, recursion=False),
        "recursive": answers(named, recursion=True),
        "zones": {text: verdict(checkzone, text) for text in zone_files()},
    }
    lines = [f"{json.dumps(name)}: " + _pretty(part) for name, part in recorded.items()]
    (HERE / "answers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def _pretty(part: Any) -> str:
    if isinstance(part, str):
        return json.dumps(part)
    return "{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in part.items()) + "\n}"


if __name__ == "__main__":
    main()
