"""Makes `recorded.json`: the lines of `seeds.txt` and mistakes in them, and what exim4 answers.

python -m tests.exim.expansion.lines.record
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import find_peer
from tests.exim.expansion.original import Exim

HERE = Path(__file__).parent
WORDS = """
    { } $ \\ : ${ }} {} fail x 1 ! if $h_x: $h_x = < ${uc: \\N {a} - _ " ' # , / eq
"""
SLIPS = [*WORDS.split(), " ", "\t"]
ACLS = """\
acl_smtp_rcpt = accept
begin acl
verdict:
  accept condition = ${if eq{$acl_arg1}{pass}}
         message   = value was $acl_arg1 of $acl_narg
  deny   message   = refused $acl_arg1
"""
EACH = 22


def mistaken(line: str, chance: random.Random) -> str:
    """The line with one or two slips of the pen."""
    for _ in range(chance.choice((1, 1, 2))):
        at, kind = chance.randrange(len(line) + 1), chance.random()
        if kind < 0.45:
            line = line[:at] + line[at + 1 :]
        elif kind < 0.9:
            line = line[:at] + chance.choice(SLIPS) + line[at:]
        else:
            line = line[:at]
    return line


def lines() -> Iterator[str]:
    chance = random.Random(4)
    said = set()
    for seed in (HERE / "seeds.txt").read_text("latin-1").splitlines():
        for line in [seed, *(mistaken(seed, chance) for _ in range(EACH))]:
            runs = "/bin/" in line and line != seed
            if line in said or line.endswith("\\") or not line.strip(" \t") or runs:
                continue
            if line.lstrip()[:1] not in "#.":
                said.add(line)
                yield line


def answered(asked: list[str]) -> list[tuple[str, str]]:
    """Each line alone: what one leaves behind must not be seen by the next."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        exim = Exim(Path(folder), ACLS)
        told = []
        for line in asked:
            ran = subprocess.run(
                [
                    find_peer("exim4") or "exim4",
                    "-C",
                    str(exim.configuration),
                    "-be",
                    line.encode("latin-1"),
                ],
                capture_output=True,
                timeout=60,
            )
            if ran.returncode == 0:
                told.append((line, ran.stdout.decode("latin-1").removesuffix("\n")))
        return told


if __name__ == "__main__":
    cases = answered(list(lines()))
    rows = ",\n".join(json.dumps(case) for case in cases)
    (HERE / "recorded.json").write_text(f"[\n{rows}\n]\n")
    print(len(cases))
