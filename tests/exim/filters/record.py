"""Makes `recorded.json`: filters and scripts by chance, and what exim4 makes of them.

python -m tests.exim.filters.record
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.exim.filters.asking import Desk
from tests.exim.filters.random_filters import Case, Dice
from tests.exim.filters.random_scripts import Scripts

HERE = Path(__file__).parent
CASES = 220
PLAIN = "Subject: x\n\nbody\n"
FROM = "From boss@staff.test Fri Mar  1 10:00:00 2024\n" + PLAIN
SUBADDRESS = '# Sieve filter\nrequire ["envelope", "subaddress"];\n'
WHO = ("FILE", "-bfl", "ben", "-bfd", "lab.test", "-f", "ann@lab.test")
CORNERS = (
    Case("# Exim filter\nheaders\n", PLAIN, ("-bf", *WHO)),
    Case("# Exim filter\nheaders\n", PLAIN, ("-bF", *WHO)),
    Case("# Exim filter\nheaders remove\n", PLAIN, ("-bF", *WHO)),
    Case("# Sieve filter\nbad\n", PLAIN, ("-bF", *WHO)),
    Case("# Sieve filter\nkeep;\n", PLAIN, ("-bF", *WHO)),
    Case("# Exim filter\ndeliver $1 errors_to x@y\n", FROM, ("-bf", *WHO)),
    Case("# Exim filter\ndeliver $1 errors_to x@y\n", PLAIN, ("-bf", *WHO)),
    Case('# Exim filter\ntestprint "<$0> <$1> <$2>"\n', FROM, ("-bf", *WHO)),
    Case("# Sieve filter", PLAIN, ("-bf", *WHO)),
    Case("# Sieve filter\nkeep; # all", PLAIN, ("-bf", *WHO)),
    Case("# Sieve filter\nkeep; /* all */ #", PLAIN, ("-bf", *WHO)),
    *(
        Case(
            f"{SUBADDRESS}if {test} {{ discard; }}\n",
            "To: a+x@b\nCc: b@c\n\nbody\n",
            ("-bf", "FILE", "-bfl", "ben", "-bfs", "+x", "-bfd", "lab.test", "-f", "s+d@t.test"),
        )
        for test in (
            'envelope :user "to" "ben"',
            'envelope :user "to" "ben+x"',
            'envelope :detail "to" ["x", ""]',
            'envelope :localpart "to" "ben+x"',
            'envelope :user "from" "s+d"',
            'envelope :detail "from" "d"',
            'address :user "to" "a"',
            'address :user "to" "a+x"',
            'address :detail ["to", "cc"] ["x", ""]',
        )
    ),
    Case(
        '# Sieve filter\nrequire "vacation";\nvacation "a";\n\nvacation\n:mime text:\nb\n.\n;\n',
        PLAIN,
        ("-bf", *WHO),
    ),
)
"""What a long run of chance has found, in short."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk, dice, scripts, rows = Desk(Path(folder)), Dice(2024), Scripts(5228), []
        while len(rows) < 2 * CASES:
            case = dice.case() if len(rows) < CASES else scripts.script()
            code, told = desk.original(case)
            if code >= 0 and len(case.filter) < 1500:
                rows.append(json.dumps([*case, code, told]))
        rows += [json.dumps([*case, *desk.original(case)]) for case in CORNERS]
    (HERE / "recorded.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")


if __name__ == "__main__":
    main()
