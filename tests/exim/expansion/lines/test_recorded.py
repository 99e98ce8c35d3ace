"""Lines, and mistakes in lines, as the real program answered each of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labmail.exim.expansion import conditions, items

from ..around import Passwd, acl, answer, context
from ..original import Exim
from .record import ACLS

CASES = json.loads((Path(__file__).parent / "recorded.json").read_text())
VERDICT = acl(ACLS.partition("verdict:")[2])
SENDER = "root@lab.test"
"""Whoever calls is the sender of what is tried out."""


def ours(line: str) -> str:
    from labmail.exim.text import Text

    variables = {"sender_address": Text(SENDER), "sender_ident": Text("root")}
    return answer(line, context(acls={"verdict": VERDICT}, variables=variables, files=Passwd()))


def test_as_exim_answers():
    wrong = {line: (ours(line), told) for line, told in CASES if ours(line) != told}
    assert not wrong


@pytest.mark.peer("exim4")
def test_the_record_is_true(tmp_path):
    """In one process: without the lines that see, or leave behind, something of others."""
    alone = (
        "$value",
        "$0",
        "$1",
        "$item",
        "$run",
        "${run",
        "lookup",
        "readsocket",
        "match_",
        "pam",
    )
    cases = [case for case in CASES if not any(word in case[0] for word in alone)]
    cases = [(line, told) for line, told in cases if line == line.strip() and "json" not in line]
    tmp_path.chmod(0o777)
    told = Exim(tmp_path, ACLS).answers([line for line, _ in cases])
    changed = [(line, now) for (line, then), now in zip(cases, told, strict=True) if now != then]
    assert not changed


def test_every_item_and_condition_is_there():
    said = "\n".join(line for line, _ in CASES)
    said = said.replace(" ", "")
    assert {name for name in items.names() if f"${{{name}" not in said} == {"readsocket"}
    bare = ("def", "first_delivery", "queue_running")
    for name in conditions.names():
        assert (name if name in bare else f"{name}{{") in said
