"""A zone file is checked, as named-checkzone would, and asked some questions.

python -m labmail.dns                 a small zone with mistakes in it
python -m labmail.dns ZONE FILE       your own: exit code 1 if a name server would refuse it
"""

from __future__ import annotations

import sys
from pathlib import Path

import dns.exception
import dns.message
import dns.name

from . import text, zone
from .answering import answer
from .zones import Zones

EXAMPLE = """$TTL 3600
@     IN SOA  ns hostmaster ( 2026030201 1h 10m 1w 5m )
      IN NS   ns
      IN MX   10 mail.ask.com        ; no final dot
      IN MX   20 backup
ns       A    128.10.30.1
mail     A    128.10.30.2
www      CNAME mail
"""
QUESTIONS = (("@", "MX"), ("www", "A"), ("mail", "MX"), ("nobody", "A"))


def main(*arguments: str) -> int:
    """Checks the zone and file named in ``arguments``, or the example; gives an exit code."""
    if len(arguments) not in (0, 2):
        print(__doc__)
        return 2
    name, path = arguments or ("ask.com", "db.ask.com")
    try:
        origin = dns.name.from_text(name)
    except dns.exception.DNSException as error:
        print(f"{name}: not the name of a zone ({error})")
        return 2
    directory = str(Path(path).resolve().parent)
    found, problems = zone.load(path, origin, _read if arguments else _example, directory)
    print(*problems, sep="\n")
    if found is None:
        print(f"zone {name}: not loaded due to errors.")
        return 1
    print(f"zone {name}: loaded serial {found.serial}, {len(found)} records")
    _ask(found)
    return 0


def _ask(found: zone.Zone) -> None:
    zones = Zones("127.0.0.1", served={found.origin: found})
    for label, rdtype in QUESTIONS:
        query = dns.message.make_query(dns.name.from_text(label, found.origin), rdtype)
        print(f"\n{text.question(query)}")
        print(text.whole(answer(query, zones, "127.0.0.1").message))


def _read(path: str) -> str:
    return Path(path).read_bytes().decode("utf-8", "surrogateescape")


def _example(path: str) -> str:
    return EXAMPLE


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
