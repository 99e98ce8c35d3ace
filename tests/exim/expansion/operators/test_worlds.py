"""Operators that look around them: options, files, named lists, chance."""

from __future__ import annotations

import os
import random
from types import SimpleNamespace

import pytest

from labmail.exim.drive import drive
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion import Context, expand
from labmail.exim.files import RealFiles
from labmail.exim.text import Text

from ..original import Exim

NAMED = {
    "domain": {
        "ours": "a.test : +more : !c.test",
        "more": "d.test : x::y",
        "semicolons": "<; x.test ; y:z ; +more ; ;",
        "lost": "a : +nowhere",
        "round": "a : +round",
    },
    "host": {"relays": "<; 127.0.0.1 ; ::1", "more": "h"},
    "address": {},
    "localpart": {"staff": "root : postmaster"},
}
LISTS = {
    "${listnamed:ours}": "a.test : d.test : x:y : !c.test",
    "${listnamed:+more}": "d.test : x:y",
    "${listnamed:semicolons}": "x.test : y::z : d.test : x:y : ",
    "${listnamed:relays}": "127.0.0.1 : ::::1",
    "${listnamed_h:more}": "h",
    "${listnamed_l:staff}": "root : postmaster",
    "${listnamed_l:more}": 'Failed: "more" is not a localpart named list',
    "${listnamed_x:more}": 'Failed: bad suffix on "list" operator',
    "${listnamed:lost}": 'Failed: "nowhere" is not a named list',
    "${listnamed:}": 'Failed: "" is not a named list',
    "${listcount:a : b::c :: d :}": "2",
    "${listcount:<; a:b ; c}": "2",
    "${listcount: }": "0",
    "${listcount: : }": "1",
}
UNKNOWN = (
    'Failed: iconv_open("UTF-8", "{}") failed: Invalid argument (maybe unsupported conversion)'
)
CHARSETS = {
    "iso-8859-15": "a\xc3\xa9b",
    "koi8-r": "a\xd0\x98b",
    "windows-874": "a\xe0\xb9\x89b",
    "ansi_x3.4-1968": "a\xe9b",
    "mac": "a\xc3\x88b",
    "utf8": "a\xe9b",
    "": "a\xe9b",
    **{name: UNKNOWN.format(name) for name in ("latin-1", "u8", "utf_8", "idna", "hex", "x y")},
}
OPTIONS = {
    "print_topbitchars = true": {"${escape:\\xe9\\x01}": "\xe9\\001"},
    "headers_charset = iso-8859-1": {
        "${rfc2047:\\xe9}": "=?iso-8859-1?Q?=E9?=",
        "${rfc2047d:=?utf-8?q?=C3=A9?=}": "\xe9",
        "${rfc2047d:=?utf-8?q?=C3=A9=E2=82=AC=C3=A9?=}": "\xe9\xe2\x82\xac\xc3\xa9",
        "${rfc2047d:=?nowhere?q?a?=}": 'Failed: iconv_open("iso-8859-1", "nowhere") failed: '
        "Invalid argument (maybe unsupported conversion)",
    },
    "check_rfc2047_length = false": {"${rfc2047d:=?utf-8?q?%s?=}" % ("a" * 90): "a" * 90},
    "allow_utf8_domains = true": {"${domain:bob@\\xc3\\xa9.fr}": "\xc3\xa9.fr"},
    "strip_trailing_dot = true": {"${domain:bob@ask.com.}": "ask.com"},
    "strip_excess_angle_brackets = true": {"${address:<<bob@ask.com>>}": "bob@ask.com"},
    "allow_domain_literals = true": {
        "${domain:<bob@[192.0.2.1]>}": "[192.0.2.1]",
        "${domain:<bob@[nobody]>}": "",
    },
}


def answer(line: str, context: Context) -> str:
    try:
        return drive(expand(line, context)).text
    except ExpansionFailed as failed:
        return f"Failed: {failed.message}"


def lists() -> Context:
    return Context(
        named={
            kind: {name: SimpleNamespace(text=text) for name, text in named.items()}
            for kind, named in NAMED.items()
        }
    )


def option(line: str) -> Context:
    name, _, value = line.partition(" = ")
    return Context(settings={name: {"true": True, "false": False}.get(value, value)})


def test_lists():
    assert {line: answer(line, lists()) for line in LISTS} == LISTS


def charsets() -> list[str]:
    return [f"${{rfc2047d:=?{name}?q?a=E9b?=}}" for name in CHARSETS]


def test_charsets():
    told = [answer(line, Context()) for line in charsets()]
    assert dict(zip(CHARSETS, told, strict=True)) == CHARSETS


def test_a_list_that_holds_itself_comes_to_an_end():
    assert "leads back to itself" in answer("${listnamed:round}", lists())


@pytest.mark.parametrize("line", OPTIONS)
def test_options(line):
    context = option(line)
    assert {asked: answer(asked, context) for asked in OPTIONS[line]} == OPTIONS[line]


@pytest.mark.peer("exim4")
def test_exim_says_so_too(tmp_path):
    named = "".join(
        f"{kind}list {name} = {text}\n"
        for kind, all_ in NAMED.items()
        for name, text in all_.items()
    )
    told = Exim(tmp_path, named).answers(list(LISTS))
    assert dict(zip(LISTS, told, strict=True)) == LISTS
    told = Exim(tmp_path).answers(charsets())
    assert dict(zip(CHARSETS, told, strict=True)) == CHARSETS
    for line, cases in OPTIONS.items():
        told = Exim(tmp_path, f"{line}\n").answers(list(cases))
        assert dict(zip(cases, told, strict=True)) == cases


def test_stat(tmp_path):
    file = tmp_path / "letter"
    file.write_bytes(b"hello")
    file.chmod(0o640)
    os.utime(file, (1000.9, 2000.9))
    context = Context(files=RealFiles())
    told = answer(f"${{stat:{file}}}", context)
    assert told.startswith("mode=0640 smode=-rw-r----- inode=")
    assert "size=5 atime=1000 mtime=2000 ctime=" in told
    assert answer("${stat:}", context) == "Failed: stat() failed: No such file or directory"
    assert (
        answer(f"${{stat:{file}/x}}", context) == f"Failed: stat({file}/x) failed: Not a directory"
    )


def test_chance():
    context = Context(chance=random.Random(7))
    drawn = {answer("${randint:6}", context) for _ in range(200)}
    assert drawn == set("012345")
    assert answer("${randint:1}", context) == answer("${randint:0}", Context()) == "0"
    assert answer("${randint:6}", Context()) == "Failed: randint has no chance to draw from here"


def test_a_strangers_text_stays_a_strangers():
    context = Context(variables={"local_part": Text("Bob", True)})
    assert drive(expand("${lc:$local_part}", context)) == Text("bob", True)
    assert drive(expand("${strlen:$local_part}", context)) == Text("3", False)
