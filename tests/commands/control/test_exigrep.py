"""exigrep: what belongs to a letter, put together; the same as Debian's, where that is there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from labmail.commands.exim.tools.exigrep import exigrep, found
from labmail.lab import Lab, load_town
from labmail.mta import Mta

LOG = """\
2026-03-02 09:00:00 labmail daemon started
2026-03-02 09:00:01 1vwz8C-000001-7Q <= alice@example.com H=games.example.com [128.10.12.3] P=smtp
2026-03-02 09:00:01 1vwz8C-000002-7Q <= anna@example.com H=games.example.com [128.10.12.3] P=smtp
2026-03-02 09:00:02 1vwz8C-000001-7Q == bob@ask.com R=r T=t defer (110): Connection timed out
2026-03-02 09:00:03 1vwz8C-000002-7Q => bob@ask.com R=r T=t H=mail.ask.com [128.10.30.2]
2026-03-02 09:00:03 1vwz8C-000002-7Q Completed
2026-03-02 09:00:04 H=(alice) [1.2.3.4] F=<x@y.test> rejected RCPT <alice@q.test>: no
2026-03-02 09:00:05 1vwz8C-000001-7Q ** bob@ask.com R=r T=t: nobody of that name
2026-03-02 09:00:05 1vwz8C-000003-7Q <= <> R=1vwz8C-000001-7Q U=Debian-exim P=local S=8215
2026-03-02 09:00:05 1vwz8C-000001-7Q Completed
2026-03-02 09:00:05 1vwz8C-000003-7Q => alice <alice@example.com> R=local_user T=maildir_home
2026-03-02 09:00:05 1vwz8C-000003-7Q Completed
2026-03-02 09:00:06 1vwz8C-000004-7Q <= Alice@example.com H=games.example.com [128.10.12.3]
"""
ASKED = (
    ["alice"],
    ["ALICE"],
    ["-I", "alice"],
    ["-l", "[128"],
    ["-v", "alice"],
    ["-v", "anna"],
    ["bob.*nobody"],
    ["000002"],
    ["started"],
    ["no such thing"],
)


def ids(text: str) -> list[str]:
    """The letters that are printed, in order."""
    return list(dict.fromkeys(re.findall(r"1vwz8C-00000\d-7Q", text)))


def test_what_a_letter_went_through_is_printed_together() -> None:
    first, *_ = found(LOG.splitlines(), re.compile("timed out"))
    assert [line[37:39] for line in first.splitlines() if line] == ["<=", "==", "**", "Co"]
    text = "".join(found(LOG.splitlines(), re.compile("alice", re.IGNORECASE)))
    assert text.startswith("2026-03-02 09:00:04 H=(alice)")
    assert ids(text) == [f"1vwz8C-00000{n}-7Q" for n in (1, 3, 4)]
    assert "+++ 1vwz8C-000004-7Q has not completed +++\n" in text


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(replace(load_town("two_companies"), name="exigrep"), threads=False) as lab:
        lab.host("mail.example.com").files.write_text("/var/log/exim4/mainlog", LOG)
        yield lab


def said(lab: Lab, *words: str) -> tuple[int, str, str]:
    mta = lab.host("mail.example.com")._mta
    assert isinstance(mta, Mta)

    async def ask() -> tuple[int, str, str]:
        return await exigrep(mta, words)

    return tuple(lab._thread.call(ask()))  # type: ignore[return-value]


def test_words_that_are_wrong(lab: Lab) -> None:
    assert said(lab)[0] == 1 and "PATTERN" in said(lab)[1]
    assert said(lab, "-h")[0] == 0
    assert "Unknown option: Z" in said(lab, "-Z", "x")[2]
    assert said(lab, "(")[0] == 255
    code, out, err = said(lab, "x", "/var/log/none")
    assert (code, out) == (1, "") and "/var/log/none: No such file" in err


@pytest.mark.peer("exigrep")
@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_debians_own_says_the_same(words: list[str], lab: Lab) -> None:
    path = lab.host("mail.example.com").files.real("/var/log/exim4/mainlog")
    run = subprocess.run(
        ["exigrep", *words, str(path)], capture_output=True, text=True, timeout=20, check=False
    )
    blocks = {block for block in run.stdout.split("\n\n") if block.strip()}
    ours = {block for block in said(lab, *words)[1].split("\n\n") if block}
    assert {block.strip("\n") for block in ours} == {block.strip("\n") for block in blocks}
