"""Our name server answers what BIND answers, and judges zone files as BIND does.

`bind/answers.json` is what BIND said; where it is installed it is asked whether it still does.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import dns.message
import dns.name
import pytest
from dns.edns import EDECode
from dns.rcode import Rcode

from labmail.dns import wire, zone, zones
from labmail.dns.acl import ANY
from labmail.dns.answering import answer
from labmail.dns.named import NamedConf
from labmail.dns.problems import errors
from labmail.world import HostFiles

HERE = Path(__file__).parent / "bind"
SPEC = importlib.util.spec_from_file_location("record", HERE / "record.py")
record: Any = importlib.util.module_from_spec(SPEC)  # type: ignore[arg-type]
SPEC.loader.exec_module(record)  # type: ignore[union-attr]
RECORDED = json.loads((HERE / "answers.json").read_text())


@cache
def served(recursion: bool) -> zones.Zones:
    found, _ = zones.load(HostFiles(HERE), "127.0.0.1")
    if not recursion:
        return found
    dead_end = zones.Forward(dns.name.root, (("127.0.0.1", 1),))
    conf = NamedConf(recursion=True, allow_recursion=ANY)
    return zones.Zones("127.0.0.1", conf, {**found.served, dns.name.root: dead_end})


def ours(query: dns.message.Message, recursion: bool) -> list[Any]:
    response = answer(query, served(recursion), "127.0.0.1")
    if response.forward:
        response.fail(Rcode.SERVFAIL, EDECode.OTHER, "nobody answers there")
    reply = dns.message.from_wire(wire.write(response.message, query, "ns", stream=True))
    return record.essence(reply)


@pytest.mark.parametrize("recursion", [False, True], ids=["authoritative", "recursive"])
def test_answers(recursion: bool) -> None:
    theirs = RECORDED["recursive" if recursion else "authoritative"]
    queries = list(record.queries(recursion))
    assert {record.key(query) for query in queries} == theirs.keys()
    differing = {
        record.key(query): (found, theirs[record.key(query)])
        for query in queries
        if (found := ours(query, recursion)) != theirs[record.key(query)]
    }
    assert not differing


@pytest.mark.parametrize("text", record.zone_files())
def test_zone_files(text: str) -> None:
    loads, words = RECORDED["zones"][text]
    origin = dns.name.from_text("ask.com")
    found, problems = zone.load("zone", origin, lambda path: text_of(path, text))
    assert (found is not None) == loads, (words, list(map(str, problems)))
    for problem in problems:
        if problem.what not in OWN_WORDS:
            assert any(same(problem.what, line) for line in words), (problem.what, words)
    if not loads:
        assert errors(problems) and all(problem.spot.file for problem in errors(problems))


@pytest.mark.peer("named")
@pytest.mark.parametrize("recursion", [False, True], ids=["authoritative", "recursive"])
def test_bind_still_answers_so(recursion: bool) -> None:
    recorded = RECORDED["recursive" if recursion else "authoritative"]
    assert record.answers(record.program("named"), recursion) == recorded


@pytest.mark.peer("named-checkzone")
def test_bind_still_judges_zone_files_so() -> None:
    checkzone = record.program("named-checkzone")
    loads = {text: record.verdict(checkzone, text)[0] for text in record.zone_files()}
    assert loads == {text: verdict[0] for text, verdict in RECORDED["zones"].items()}


OWN_WORDS = {
    "class does not match zone",
    "'(' inside '('",
    "unbalanced parentheses",
    "unexpected end of line",
    "invalid range",
}
"""What BIND says less clearly, or not at all."""


def same(what: str, line: str) -> bool:
    """Whether BIND's line has our words, or of a bad name the same in another order."""
    return what in line or ("bad name" in what and "bad name" in line)


def text_of(path: str, text: str) -> str:
    if path != "zone":
        raise FileNotFoundError(2, "No such file or directory", path)
    return text
