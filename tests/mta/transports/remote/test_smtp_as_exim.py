"""The smtp transport against Exim 4.96: what other hosts hear, and what the log says.

Differences that are meant are in `OTHERWISE`. ``python -m tests.mta.transports.remote.record`` asks
the real one again and writes ``recorded.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .cases import CASES
from .sides import ours, real_exim, theirs

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
OTHERWISE = {
    "ehlo and helo refused": "Exim shows the end of an earlier reply behind the one it heard",
    "bad helo data": "we find out before we call, Exim when it is connected",
    "eight bits": "we say BODY=8BITMIME of what is not ASCII, Exim of what it was told that of",
    "ciphers, unknown first word": "a list in OpenSSL's language is one, for GnuTLS it is nonsense",
    "ciphers, OpenSSL": "the same",
    "proof, between, tried": "Python shows the host's own certificate only",
    "too old": "TLS 1.1 is offered by those who name it",
    "too old, in clear": "the same",
}
ASKED_AGAIN = (
    *("later at the first", "max_rcpt", "waiting", "verified", "auth second", "smtps"),
    *("ciphers, only 1.3, old", "prime, too weak", "taken back", "status required", "resumed"),
    *("own certificate, other key", "name asked for", "protocol, required, none"),
)


LONG = ("ciphers, ", "own certificate, ", "taken back, ", "proof, ", "piped, cut", "piped, strange")
"""Cases that ask for the same in other words: what ciphers come to is tested in
test_priorities.py, too."""


def cases() -> list[Any]:
    return [
        pytest.param(name, marks=pytest.mark.long if name.startswith(LONG) else ())
        for name in CASES
    ]


@pytest.mark.parametrize("name", cases())
def test_as_exim(name: str) -> None:
    found, expected = ours(CASES[name]), RECORDED[name]
    same = found.hosts == expected["hosts"] and found.log == expected["log"]
    if name in OTHERWISE:
        assert not same, f"{name} is like Exim now: {OTHERWISE[name]}"
        return
    assert found.hosts == expected["hosts"]
    assert found.log == expected["log"]


@pytest.mark.peer("exim4")
def test_exim_still_says_so() -> None:
    if not real_exim():
        pytest.skip("exim4 in a network of its own is for root only")
    for name, found in theirs({each: CASES[each] for each in ASKED_AGAIN}).items():
        assert vars(found) == RECORDED[name], name
