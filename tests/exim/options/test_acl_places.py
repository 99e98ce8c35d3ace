"""Which word of an ACL may stand where: recorded, and asked again in conversations by `-bh`."""

from __future__ import annotations

import json
import random
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from labmail.exim.options.acl_places import NEVER, ONLY, PLACES, cannot, cannot_control
from tests.conftest import find_peer

RECORDED = json.loads((Path(__file__).parent / "data" / "places.json").read_text())

CONVERSATION = (
    "EHLO a.test\r\nETRN #x\r\nEXPN x\r\nVRFY x@y.test\r\nMAIL FROM:<a@b.test>\r\n"
    "RCPT TO:<x@y.test>\r\nDATA\r\nFrom: a@b.test\r\n\r\nhello\r\n.\r\nQUIT\r\n"
)
ARGUMENTS = {"delay": "0s", "decode": "default", "queue": "x", "spf": "pass", "spf_guess": "pass"}
ASKED = ("connect", "helo", "etrn", "expn", "vrfy", "mail", "rcpt", "predata", "data", "quit")


@pytest.mark.parametrize("word", RECORDED["words"])
def test_words(word: str) -> None:
    assert {place for place in PLACES if cannot(word, place)} == {*RECORDED["words"][word]}


@pytest.mark.parametrize("control", RECORDED["controls"])
def test_controls(control: str) -> None:
    refused = {place for place in PLACES if cannot_control(control, place)}
    assert refused == {*RECORDED["controls"][control]}


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("word", [*ONLY, *NEVER])
def test_as_the_original(word: str) -> None:
    """At three of the places: a complaint, and which, or none."""
    for place in random.Random(word).sample(ASKED, 3):
        others = "".join(f"acl_smtp_{other} = ok\n" for other in ASKED if other != place)
        asked = f"  warn {word} = {ARGUMENTS.get(word, '*')}\n  accept\n"
        text = (
            f"{others}acl_smtp_{place} = asked\ntls_advertise_hosts =\nkeep_environment =\n"
            f"begin acl\nok:\n  accept\nasked:\n{asked}"
        )
        assert _complaints(text) == {cannot(word, place)} - {""}, place


def _complaints(text: str) -> set[str]:
    program = find_peer("exim4")
    assert program
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        path = Path(folder) / "exim.conf"
        path.write_text(f"spool_directory = {folder}\nlog_file_path = {folder}/%slog\n{text}")
        done = subprocess.run(
            [program, "-C", str(path), "-bh", "192.0.2.9"],
            input=CONVERSATION.encode(),
            capture_output=True,
            timeout=60,
        )
    told = (done.stdout + done.stderr).decode("latin-1")
    return set(re.findall(r"cannot (?:test|use) [^\n]*? ACL", told))
