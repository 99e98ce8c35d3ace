"""Addresses as Exim reads them, and its words for those that are none."""

from __future__ import annotations

import doctest
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.exim.expansion import addresses as reading
from labmail.exim.expansion.addresses import (
    BadAddress,
    Extracted,
    Groups,
    Leniency,
    addresses,
    extract,
    pieces,
)
from tests.conftest import find_peer

from .original import Exim

WRONG = {
    "bob@": "domain missing or malformed",
    "@ask.com": "no local part",
    "<>": "missing or malformed local part",
    "bob@ask..com": "domain missing or malformed",
    "bob@ask_x.com": "malformed address: _x.com may not follow bob@ask",
    "a, b": 'missing or malformed local part (expected word or "<")',
    "bob@ask.com junk": "malformed address: junk may not follow bob@ask.com ",
    "<bob@ask.com": "'>' missing at end of address",
    "(unclosed bob@ask.com": "empty address",
    '"unclosed bob@ask.com': "unmatched doublequote in local part",
    "group: a@b;": 'missing or malformed local part (expected word or "<")',
    "x@[": "malformed domain literal",
    "<a@[192.0.2.1]>": "domain literals not allowed",
    "<@a,b@c>": "colon expected after route list",
    "<@a:b>": "domain missing in source-routed address",
    "<a b@c>": '"@" or "." expected after "a"',
    "a@b:c": "malformed address: :c may not follow a@b",
    "x@y" + "z" * 40 + "#" * 40: f"malformed address: {'#' * 32} may not follow x@y{'z' * 40}",
    "a" * 520 + "@b": f"address is ridiculously long: {'a' * 64}...",
}
RIGHT = {
    "bob": ("bob", ""),
    " Bob S. <bob@ask.com> (at work)": ("bob", "ask.com"),
    "bob @ ask . com": ("bob", "ask.com"),
    "b..b.@ask.com": ("b..b.", "ask.com"),
    '"b b"."c"@d': ('"b b"."c"', "d"),
    "<@relay,@hub:bob@ask.com>": ("bob", "ask.com"),
    "@relay:bob@ask.com": ("bob", "ask.com"),
    "b\\@b@ask.com": ("b\\@b", "ask.com"),
    "b\xe9@ask.com": ("b\xe9", "ask.com"),
    "bob@[anything]": ("bob", "[anything]"),
}


def test_examples():
    assert not doctest.testmod(reading).failed


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong(text):
    with pytest.raises(BadAddress) as bad:
        extract(text)
    assert bad.value.message == WRONG[text]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right(text):
    found = extract(text)
    assert (found.local_part, found.domain) == RIGHT[text]


@pytest.mark.peer("exim4")
def test_exim_says_so_too(tmp_path):
    configuration = Exim(tmp_path).configuration
    ran = subprocess.run(
        [find_peer("exim4") or "", "-C", str(configuration), "-bt"],
        input="".join(f"{text}\n" for text in WRONG).encode("latin-1"),
        capture_output=True,
        timeout=60,
    )
    told = ran.stdout.decode("latin-1").removeprefix("> ").split("\n> ")
    assert told[: len(WRONG)] == [f"syntax error: {why}" for why in WRONG.values()]


def test_where_it_stood():
    text = ' "Bob" <bob@ask.com > '
    found = extract(text)
    assert text[found.start : found.end] == "bob@ask.com"


def test_the_commas_of_a_list():
    assert list(pieces('"a,b" <c@d>, (x,y) e\\,f, @r,@s:g@h, <@r,@s:i@j>, k')) == [
        '"a,b" <c@d>',
        " (x,y) e\\,f",
        " @r",
        "@s:g@h",
        " <@r,@s:i@j>",
        " k",
    ]


def test_a_group_goes_over_its_commas():
    found = list(addresses("staff: a@b, c@; , <d@e>; , f"))
    assert [one.address if isinstance(one, Extracted) else one.message for one in found] == [
        "a@b",
        "domain missing or malformed",
        "malformed address: ;  may not follow  <d@e>",
        "f",
    ]
    groups = Groups()
    assert extract("staff: a@b", groups=groups).address == "a@b" and groups.inside


def test_what_options_allow():
    assert extract("a@\xc3\xa9.fr", lenient=Leniency(utf8_domains=True)).domain == "\xc3\xa9.fr"
    assert extract("a@b.", lenient=Leniency(trailing_dot=True)).domain == "b"
    many = Leniency(excess_brackets=True)
    assert extract("<<<<<<a@b>>>>>>", lenient=many).address == "a@b"
    with pytest.raises(BadAddress, match="nested too deep"):
        extract("<<<<<<<a@b>>>>>>>", lenient=many)
    literals = Leniency(literals=True)
    assert extract("<a@[IPv6:::1]>", lenient=literals).domain == "[IPv6:::1]"
    with pytest.raises(BadAddress, match="malformed domain literal"):
        extract("<a@[x]>", lenient=literals)


def test_only_where_it_is_allowed_is_nobody_an_address():
    assert extract("<>", empty=True).address == ""


@pytest.mark.parametrize(
    "text", ["(" * 500_000, '"' + "\\" * 500_000, "<" * 500_000, "a," * 250_000, "a " * 250_000]
)
def test_half_a_megabyte(text):
    started = time.process_time()
    assert sum(1 for _ in addresses(text)) >= 1
    assert time.process_time() - started < 5


@given(st.text(st.sampled_from('ab.@<>()[]\\",:; \n\xe9'), max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_text_is_addresses_and_mistakes(text):
    for found in addresses(text):
        if isinstance(found, Extracted):
            again = extract(found.address, lenient=Leniency(literals=True))
            assert again.address == found.address
