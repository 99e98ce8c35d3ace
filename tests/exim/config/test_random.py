"""Configurations made by chance: ours and the real program say the same, and none breaks us."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.exim.config import Configuration, read
from labmail.exim.errors import ConfigError
from labmail.exim.files import RealFiles
from tests.exim.config.original import HEAD, Answer, ask, differ, ours, theirs
from tests.exim.config.random_configurations import INCLUDED, write
from tests.exim.config.reading import PREDEFINED
from tests.exim.config.tree import Tree
from tests.exim.config.vocabulary import Few

RECORDED = json.loads((Path(__file__).parent / "data" / "random.json").read_text())
FOLDER = "/home/exim"


def octets(text: str, folder: str) -> bytes:
    return (HEAD + text).replace("{folder}", folder).encode("latin-1")


@pytest.mark.parametrize("seed", range(len(RECORDED)))
def test_as_recorded(seed: int) -> None:
    text, macros = write(seed)
    files = {name: content.encode("latin-1") for name, content in INCLUDED.items()}
    files["exim.conf"] = octets(text, FOLDER)
    tree = Tree({f"{FOLDER}/{name}": content for name, content in files.items()})
    answer = ours(f"{FOLDER}/exim.conf", tree, PREDEFINED, macros)
    recorded = RECORDED[seed]
    original = Answer("", recorded) if isinstance(recorded, dict) else Answer(recorded, {})
    assert not differ(original, Answer(answer.error.replace(FOLDER, "{folder}"), answer.shown))


def test_enough_of_the_recorded_ones_are_right() -> None:
    assert sum(isinstance(answer, dict) for answer in RECORDED) > len(RECORDED) / 5


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("start", range(1000, 1200, 20))
def test_as_the_original(start: int, folder: Path) -> None:
    for name, content in INCLUDED.items():
        (folder / name).write_bytes(content.encode("latin-1"))
    path = folder / "exim.conf"
    macros_known = tuple(predefined(folder))
    for seed in range(start, start + 20):
        text, macros = write(seed)
        path.write_bytes(octets(text, str(folder)))
        answer = ours(str(path), RealFiles(), macros_known, macros)
        assert not differ(theirs(path, macros), answer), (seed, text, macros)


def predefined(folder: Path) -> list[tuple[str, str]]:
    """The macros that the real program has of its own."""
    (folder / "empty").write_bytes(b"keep_environment =\n")
    lines = ask(folder / "empty", "-bP", "macros")[0].splitlines()
    return [(name, value) for name, _, value in (line.partition("=") for line in lines)]


def read_octets(text: bytes) -> Configuration | ConfigError:
    files = Tree({"/exim.conf": text, "/two": b"A = 1\n.ifdef A\n", "/three": b"\\\n\0"})
    try:
        return read("/exim.conf", files=files, vocabulary=Few(PREDEFINED))
    except ConfigError as error:
        return error


LINES = st.sampled_from(
    [
        *(b"A = B", b"B == A", b"A", b".ifdef A", b".else", b".endif", b".include two", b"\\", b""),
        *(b"begin acl", b"begin routers", b"begin retry", b"x:", b"accept", b"driver = accept"),
        *(b"queue_only", b"no_queue_only", b"never_users = root:", b'smtp_banner = "', b".include"),
        *(b"domainlist a = b", b"hide", b"delay_warning = 1h:2h", b"header_maxsize = 9", b"= x"),
        *(b"_HAVE_TLS", b"more = x", b"transport = t", b".include_if_exists /three", b"begin x"),
    ]
)


@given(st.one_of(st.binary(), st.lists(st.one_of(LINES, st.binary(max_size=9))).map(b"\n".join)))
@settings(max_examples=200, deadline=None)
def test_any_octets_are_a_configuration_or_a_mistake_at_a_line(text: bytes) -> None:
    answer = read_octets(text)
    if isinstance(answer, Configuration):
        return
    assert answer.message
    assert answer.file in ("/exim.conf", "/two", "/three")
    assert answer.line is not None
    assert 0 <= answer.line <= max(text.count(b"\n") + 1, 2)


FILLING = st.sampled_from(
    [b"# c", b"", b"  ", b"A%d_ = x", b"domainlist l%d = x", b".ifdef N\nbad\n.endif", b"\\\n# d\n"]
)


@given(st.lists(FILLING, max_size=20), st.lists(FILLING, max_size=20))
@settings(max_examples=100, deadline=None)
def test_the_line_of_a_mistake_is_where_it_stands(before: list[bytes], after: list[bytes]) -> None:
    lines = [*before, b"wrong here", *after]
    numbered = [re.sub(rb"%d", b"%d" % number, line) for number, line in enumerate(lines)]
    error = read_octets(b"\n".join(numbered))
    assert isinstance(error, ConfigError)
    text = b"\n".join(numbered).split(b"\n")
    assert error.message == 'main option "wrong" unknown'
    assert error.line == text.index(b"wrong here") + 1
