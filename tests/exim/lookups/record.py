"""Asks real Exim and writes its answers down: ``python -m tests.exim.lookups.record``.

Needs exim4, exim_dbmbuild and db5.3_load (Debian's exim4-daemon-heavy and db5.3-util), and root
for a name server of its own.
"""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
import zlib
from pathlib import Path
from random import Random
from typing import Any

from tests.exim.lookups import asking_dns
from tests.exim.lookups.oracle import Case, exim_answers
from tests.exim.lookups.tables import key_for, net_file, source_of, text_file, word_for
from tests.exim.lookups.written import asked, make_tables

DATA = Path(__file__).parent / "data"
_USERS = {"ann": "uid=1001", "two words": "x y", "*": "nobody", "empty": ""}
_SEEDS = {"lsearch": 70, "nwildlsearch": 40, "iplsearch": 40}


def berkeley_files(folder: Path) -> dict[str, bytes]:
    """A hash file of exim_dbmbuild's and a B-tree with large and with odd keys."""
    source, target, tree = folder / "source", folder / "users.dbm", folder / "tree.dbm"
    source.write_text(source_of(_USERS))
    subprocess.run(["exim_dbmbuild", source, target], check=True, capture_output=True)
    records = {f"key{number}": f"value {number}" for number in range(40)}
    records |= {"long": "z" * 3000, "a\\00b": "joined", "*": "star"}
    text = "".join(f"{key}\n{value}\n" for key, value in records.items())
    load = ["db5.3_load", "-T", "-t", "btree", "-c", "db_pagesize=512", tree]
    subprocess.run(load, input=text.encode(), check=True)
    return {path.name: path.read_bytes() for path in (target, tree)}


def record_written() -> dict[str, Any]:
    """The lookups written by hand."""
    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "made"
        made.mkdir()
        binary = berkeley_files(made)
        folder = Path(name) / "tables"
        folder.mkdir()
        folder.chmod(0o755)
        Path(name).chmod(0o755)
        make_tables(folder, binary)
        answers = exim_answers(asked(folder), Path(name))
    return {
        "binary": {
            key: base64.b64encode(zlib.compress(octets, 9)).decode()
            for key, octets in binary.items()
        },
        "answers": [answer.replace(str(folder), "DIR") for answer in answers],
    }


def generated(folder: Path, kind: str, seed: int) -> list[Case]:
    """A table from a seed, and four keys."""
    random = Random(f"{kind} {seed}")
    text = net_file(random) if kind == "iplsearch" else text_file(random)
    path = folder / f"{kind}{seed}"
    path.write_bytes(text.encode("latin-1"))
    cases = []
    for _ in range(4):
        word = word_for(random, kind)
        key = "10.1.2.3" if kind == "iplsearch" else key_for(random, text)
        cases.append(Case(word, str(path), key))
    return cases


def record_generated() -> list[Any]:
    """Tables from seeds: the table is made again from its seed, the answers are kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        kept = []
        for kind, seeds in _SEEDS.items():
            for seed in range(seeds):
                cases = generated(folder, kind, seed)
                kept.append([kind, seed, exim_answers(cases, folder)])
    return kept


def main() -> None:
    DATA.mkdir(exist_ok=True)
    (DATA / "written.json").write_text(json.dumps(record_written(), indent=1) + "\n")
    _write_lines("generated.json", record_generated())
    with tempfile.TemporaryDirectory() as name:
        _write_lines("dnsdb.json", asking_dns.exim(Path(name)))


def _write_lines(name: str, entries: list[Any]) -> None:
    """A list as JSON, one entry a line."""
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    (DATA / name).write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
