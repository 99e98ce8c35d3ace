"""Whatever a stranger writes: an answer or a failure that says why, and soon."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.context import Context
from labmail.exim.expansion.operators import find, names
from labmail.exim.files import RealFiles

from ..original import Exim

NUMBERED = {"hash": "5_7", "nhash": "8_64", "substr": "-3_2", "length": "2"}
NUMBERED |= {"h": "1", "nh": "3", "s": "1", "l": "0"}
LONG = 100_000
REPEATED = ["9", "\xe9", "(", '"', "\\", "a,", ".", "xn--a.", "=?utf-8?q?a?= ", "1:", "1s", "1+"]
REPEATED += ["<a@b>,", "g:"]


def applied(name: str, text: str) -> str:
    operator, number = find(name) or pytest.fail(name)
    context = Context(files=RealFiles(), chance=random.Random(1))
    try:
        return operator(text, NUMBERED.get(name, number), context)
    except ExpansionFailed as failed:
        assert failed.message
        return failed.message


@given(st.text(st.characters(max_codepoint=255)))
@settings(max_examples=200, deadline=None)
def test_any_text(text):
    for name in names():
        answer = applied(name, text)
        assert isinstance(answer, str)
        answer.encode("latin-1")


@pytest.mark.parametrize("piece", REPEATED)
def test_a_long_text(piece):
    for name in {find(name)[0].function: name for name in names()}.values():
        started = time.process_time()
        applied(name, piece * (LONG // len(piece)))
        assert time.process_time() - started < 5, name


ENDS_EXIM = {
    "hash_2_0": "hash of 2 characters out of 0: neither can be",
    "nhash_0": "nhash modulo zero: the numbers must be 1 or more",
    "nhash_3_0": "nhash modulo zero: the numbers must be 1 or more",
}


@pytest.mark.parametrize("name", ENDS_EXIM)
def test_what_ends_exim_fails_here(name):
    assert applied(name, "abcdef") == ENDS_EXIM[name]


@pytest.mark.peer("exim4")
@pytest.mark.parametrize("name", ENDS_EXIM)
def test_it_does_end_exim(name, tmp_path):
    with pytest.raises(AssertionError, match="exim4 ended"):
        Exim(tmp_path).answers([f"${{{name}:abcdef}}"])


@pytest.mark.parametrize("digits", ["a9", "9", "z"])
def test_punycode_that_leads_nowhere(digits):
    started = time.process_time()
    told = applied("utf8_domain_from_alabel", "xn--" + digits * 1_000_000)
    assert told.endswith(" to utf8: Invalid input")
    assert time.process_time() - started < 5
