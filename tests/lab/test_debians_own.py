"""The two companies by Debian's own files, unchanged: the same letters go the same ways."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from labmail.exim.debian.owntree import files
from labmail.lab import Lab, Town, load_town

DEBIANS = Path("/etc/exim4/conf.d")


def with_debians_tree(town: Town) -> Town:
    """The town with the package's tree in place of the lab's own, on every mail host."""
    tree = {
        f"/etc/exim4/conf.d/{path.relative_to(DEBIANS)}": path.read_text("utf-8")
        for path in sorted(DEBIANS.glob("*/*"))
    }
    own = [f"/etc/exim4/{path}" for path, _ in files() if path.startswith("conf.d")]
    tree = dict.fromkeys(own, "") | tree  # nothing is left of the lab's own
    hosts = {
        name: replace(host, files=tuple(tree.items())) if "smtp" in host.services else host
        for name, host in town.hosts.items()
    }
    return replace(town, name="debians", hosts=hosts)


@pytest.mark.peer("exim4")
def test_debians_tree_routes_the_mail_of_the_lab() -> None:
    if not DEBIANS.is_dir():
        pytest.skip("no files of Debian's package here")
    ways = []
    for town in (load_town("two_companies"), with_debians_tree(load_town("two_companies"))):
        with Lab(town, threads=False) as lab:
            mail = lab.host("mail.ask.com")
            assert not mail.problems
            mail.files.write_text("/home/carol/.forward", "bob\n")
            lab.user("alice@example.com").send(
                to="sales@ask.com, carol@ask.com, nosuch@ask.com", subject="Lunch?"
            )
            lab.run()
            ways.append([line for host in lab.hosts.values() for line in _ways(host)])
    assert ways[0] == ways[1] and len(ways[0]) >= 5


def _ways(host: object) -> list[str]:
    """Who got the letter, by which router and transport: without times and ids."""
    try:
        log = host.cat("/var/log/exim4/mainlog")  # type: ignore[attr-defined]
    except FileNotFoundError:
        return []
    words = [line.split() for line in log.splitlines()]
    signs = ("=>", "->", "**", "rejected")
    kept = [line[2:] for line in words if set(line) & set(signs)]
    return [" ".join(word for word in line if not word.startswith(("id=", "C="))) for line in kept]
