"""Where labmail differs from Exim 4.96 on purpose: what the one says, and what the other.

Every row of "The administrator's language" in docs/quirks.md that a string can show is here. Real
Exim is asked again where it is installed: a quirk that it no longer has should go.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.parity.fuzz.engines import DIED, Engine, ask_lines

ROUNDS = ":".join("a" * 17)
"""So many doublings make a list of 131,072 members."""
LETTER = b"""From ann@far.test Mon Nov 23 10:00:00 2026
Net: 10.2.3.4/8
Host: b\xc3\xbccher.test
Subject: =?IBM1047?q?=C1=C2?=

body
"""
CONFIGURATION = """\
spool_directory = {folder}
log_file_path = {folder}/%slog
primary_hostname = mx1.lab.test
qualify_domain = lab.test
timezone = UTC
keep_environment =
uucp_from_sender = uucp-$1
domainlist loop = +loop
"""


class Quirk(NamedTuple):
    """Lines for one process, and the two answers to the last of them."""

    lines: tuple[str, ...]
    exim: str
    ours: str


def quirk(*lines: str, exim: str, ours: str) -> Quirk:
    return Quirk(lines, exim, ours)


QUIRKS = {
    "braces": quirk(
        "${uc:" * 101 + "a" + "}" * 101,
        exim="A",
        ours="Failed: nested too deep: more than 100 levels of braces",
    ),
    "octets": quirk(
        f"${{strlen:${{reduce{{{':'.join('a' * 25)}}}{{1}}{{$value$value}}}}}}",
        exim="33554432",
        ours='Failed: gave up: the text grew beyond 16777216 octets inside "reduce" item',
    ),
    "rounds": quirk(
        f"${{strlen:${{map{{${{reduce{{{ROUNDS}}}{{1}}{{$value:$value}}}}}}{{}}}}}}",
        exim="262142",
        ours="Failed: gave up after 100000 rounds of map, reduce and their kin",
    ),
    "not taken": quirk(
        "${if eq{a}{a}{y}{${if forany{a}{eq{${eval:x}}{}}}}}",
        exim="Failed: error in expression evaluation: expecting number or opening parenthesis "
        '(after processing "") inside "forany" condition',
        ours="y",
    ),
    "sort": quirk("${sort{<; b; ;a}{lti}{x$item}}", exim="a;b", ours="a;b; "),
    "json": quirk(
        "${lookup{a}json{/nosuch}}",
        exim='Failed: unknown lookup type "json"',
        ours="Failed: failed to open /nosuch for json search: No such file or directory",
    ),
    "hash_": quirk(
        "${hash_2_0:abc}",
        exim=DIED,
        ours="Failed: hash of 2 characters out of 0: neither can be",
    ),
    "nhash_": quirk(
        "${nhash_0:abc}",
        exim=DIED,
        ours="Failed: nhash modulo zero: the numbers must be 1 or more",
    ),
    "hash": quirk(
        "${hash{-1}{5}{abc}}",
        exim=DIED,
        ours="Failed: hash of -1 characters out of 5: neither can be",
    ),
    "utf8_domain_from_alabel": quirk("${utf8_domain_from_alabel:xn--}", exim=DIED, ours=""),
    "forany_json": quirk(
        "${if forany_json{x}{eq{}{}}}",
        exim=DIED,
        ours="Failed: missing '[' wrapping array for extract json",
    ),
    "a group left open": quirk("${addresses:g: a@b}", "${address:c@d;}", exim="c@d", ours=""),
    "time_interval": quirk(
        "${time_interval:2147483648}", exim="-5d3h14m8s", ours="-3550w5d3h14m8s"
    ),
    "a file that changes": quirk(
        "${lookup{x}lsearch{DIR/table}{$value}{n}}"
        '${run{/bin/sh -c "echo x: two > DIR/new; mv DIR/new DIR/table"}}'
        "${lookup{x}lsearch{DIR/table}{$value}{n}}",
        exim="oneone",
        ours="onetwo",
    ),
    "a list within itself": quirk(
        "${if match_domain{x}{+loop}{y}{n}}",
        exim=DIED,
        ours='Failed: unable to complete match against "+loop": '
        "the named domain list loop includes itself: loop includes loop",
    ),
}

LETTERS = {
    "mask": quirk("${mask:$h_net:}", exim=DIED, ours="10.0.0.0/8"),
    "reverse_ip": quirk("${reverse_ip:$h_net:}", exim=DIED, ours="4.3.2.10"),
    "utf8_domain_to_alabel": quirk(
        "${readfile{/nosuch/${utf8_domain_to_alabel:$h_host:}}}",
        exim="Failed: failed to open /nosuch/xn--bcher-kva.test: No such file or directory",
        ours="Failed: failed to open /nosuch/xn--bcher-kva.test: Permission denied",
    ),
    "a rare charset": quirk("$h_subject:", exim="AB", ours="\xc1\xc2"),
    "uucp_from_sender": quirk("$sender_address", exim="uucp-ann@far.test", ours="ann@far.test"),
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that Exim's own user may write to, with a configuration, a table and a letter."""
    with tempfile.TemporaryDirectory(prefix="labmail-") as made:
        folder = Path(made)
        folder.chmod(0o777)
        (folder / "exim.conf").write_text(CONFIGURATION.format(folder=made))
        (folder / "table").write_text("x: one\n")
        (folder / "letter").write_bytes(LETTER)
        yield folder


def answered(engine: Engine, folder: Path, asked: Quirk, *how: str) -> None:
    lines = [line.replace("DIR", str(folder)) for line in asked.lines]
    told = ask_lines(engine, folder / "exim.conf", lines, *how)[-1]
    expected = asked.exim if engine.name == "exim4" else asked.ours
    assert asked.exim != asked.ours
    assert (DIED if told.startswith(DIED) else told.removesuffix("\n")) == expected


@pytest.mark.parametrize("name", QUIRKS)
def test_a_string(engine: Engine, folder: Path, name: str) -> None:
    answered(engine, folder, QUIRKS[name])


@pytest.mark.parametrize("name", LETTERS)
def test_a_string_about_a_letter(engine: Engine, folder: Path, name: str) -> None:
    answered(engine, folder, LETTERS[name], "-bem", str(folder / "letter"))
