"""Redirection that never ends, and long lists that do."""

from __future__ import annotations

from pathlib import Path

from tests.exim.routing.asking import lay_out, ours, routers

TWINS = """
twins:
  driver = redirect
  data = x$local_part@$domain, y$local_part@$domain
"""

LIST = """
list:
  driver = redirect
  local_parts = list
  data = :include:{DIR}/members
people:
  driver = accept
  transport = box
"""


def test_addresses_that_double_with_each_generation_come_to_an_end(tmp_path: Path) -> None:
    told, code = ours(lay_out(tmp_path, routers(TWINS)), ["-bt", "a@b.test"])
    assert "redirection makes ever more addresses" in told
    assert code == 1


def test_a_long_list_is_no_growth(tmp_path: Path) -> None:
    members = [f"m{number}@b.test" for number in range(3000)]
    path = lay_out(tmp_path, routers(LIST), {"members": members})
    told, code = ours(path, ["-bt", "list@b.test"])
    assert told.count("router = people") == 3000
    assert code == 0
