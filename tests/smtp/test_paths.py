"""Paths by the letter of RFC 5321 §4.1.2: what is one, what is none, and where reading stopped."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labmail.smtp import Path, PathError, PathTooLong, parse_path
from labmail.smtp.paths import forward_path, is_literal, reverse_path

ATEXT = "abcXYZ019!#$%&'*+/=?^_`{|}~-"

GOOD = {
    "<bob@ask.com>": ("bob", "ask.com"),
    "<Bob.Smith@Ask.COM>": ("Bob.Smith", "Ask.COM"),
    "<!#$%&'*+-/=?^_`{|}~@x.y>": ("!#$%&'*+-/=?^_`{|}~", "x.y"),
    '<"bob smith"@ask.com>': ("bob smith", "ask.com"),
    '<"a\\"b\\\\c"@ask.com>': ('a"b\\c', "ask.com"),
    '<"@"@ask.com>': ("@", "ask.com"),
    '<"a>b"@ask.com>': ("a>b", "ask.com"),
    '<""@ask.com>': ("", "ask.com"),
    "<bob@localhost>": ("bob", "localhost"),
    "<bob@1.2.3.4>": ("bob", "1.2.3.4"),
    "<bob@xn--bcher-kva.example>": ("bob", "xn--bcher-kva.example"),
    "<bob@[128.10.30.2]>": ("bob", "[128.10.30.2]"),
    "<bob@[IPv6:2001:db8::1]>": ("bob", "[IPv6:2001:db8::1]"),
    "<bob@[ipv6:::ffff:1.2.3.4]>": ("bob", "[ipv6:::ffff:1.2.3.4]"),
    "<@relay.test:bob@ask.com>": ("bob", "ask.com"),
    "<b\u00f6b@ask.com>": ("b\u00f6b", "ask.com"),
    "<bob@b\u00fccher.example>": ("bob", "b\u00fccher.example"),
    '<"b\u00f6b b"@ask.com>': ("b\u00f6b b", "ask.com"),
    "<\u6d4b\u8bd5@\u4f8b\u5b50.example>": ("\u6d4b\u8bd5", "\u4f8b\u5b50.example"),
    "<@a.test,@b.test,@[192.0.2.1]:bob@ask.com>": ("bob", "ask.com"),
}

BAD = [
    "bob@ask.com",
    "<bob@ask.com",
    "bob@ask.com>",
    "<bob>",
    "<bob@>",
    "<@ask.com>",
    "< bob@ask.com>",
    "<bob@ask.com >",
    "<bob @ask.com>",
    "<bob@ ask.com>",
    "<.bob@ask.com>",
    "<bob.@ask.com>",
    "<b..b@ask.com>",
    "<bob@ask..com>",
    "<bob@.ask.com>",
    "<bob@ask.com.>",
    "<bob@-ask.com>",
    "<bob@ask-.com>",
    "<bob@ask_er.com>",
    "<bob@a@ask.com>",
    "<<bob@ask.com>>",
    "<bob@ask.com>>",
    "<Bob <bob@ask.com>>",
    '<"bob@ask.com>',
    '<"bob"x@ask.com>',
    '<b"o"b@ask.com>',
    '<"b"."c"@ask.com>',
    '<bob"@ask.com>',
    "<bob(comment)@ask.com>",
    "<bob,carol@ask.com>",
    "<bob;@ask.com>",
    "<bo\\b@ask.com>",
    "<bob@[128.10.30]>",
    "<bob@[128.10.30.256]>",
    "<bob@[2001:db8::1]>",
    "<bob@[IPv6:1.2.3.4]>",
    "<bob@[IPv6:fe80::1%eth0]>",
    "<bob@[IPv6:]>",
    "<bob@[]>",
    "<bob@[Tag:content]>",
    "<bob@[128.10.30.2>",
    "<@relay.test bob@ask.com>",
    "<@relay.test,bob@ask.com>",
    "<@relay.test:@ask.com>",
    "<@:bob@ask.com>",
    "<relay.test:bob@ask.com>",
    "<b\udcf6b@ask.com>",  # no UTF-8: an octet of latin-1
    "<\U0001f600@>",
    "<bob@-b\u00fccher.example>",
    "<bob@b\u00fccher-.example>",
    "<bo\x00b@ask.com>",
    "<bo\tb@ask.com>",
    '<"a\x00b"@ask.com>',
    "",
    "<",
    ">",
]


@pytest.mark.parametrize("text", GOOD)
def test_good(text: str) -> None:
    path, rest = parse_path(text)
    assert (path.local, path.domain) == GOOD[text]
    assert rest == ""


@pytest.mark.parametrize("text", BAD)
def test_bad(text: str) -> None:
    for parse in (reverse_path, forward_path):
        with pytest.raises(PathError):
            parse(text)


def test_the_null_path_is_for_senders_only() -> None:
    assert reverse_path("<>") == (Path(), "")
    assert Path().null and str(Path()) == "<>" and Path().address == ""
    with pytest.raises(PathError, match="expected a mailbox"):
        forward_path("<>")


def test_postmaster_alone_is_for_recipients_only() -> None:
    path, _ = forward_path("<PostMaster>")
    assert path == Path("PostMaster") and not path.null and str(path) == "<PostMaster>"
    with pytest.raises(PathError, match="domain"):
        reverse_path("<postmaster>")


def test_spaces_before_the_bracket_are_forgiven_and_nothing_else_is() -> None:
    assert reverse_path("  <bob@ask.com>  SIZE=1 ") == (Path("bob", "ask.com"), "SIZE=1")
    with pytest.raises(PathError, match="a space or the end"):
        reverse_path("<bob@ask.com>SIZE=1")


def test_lengths() -> None:
    for local in ("a" * 64, '"' + "a" * 62 + '"'):
        assert parse_path(f"<{local}@ask.com>")
    for local in ("a" * 65, '"' + "a" * 63 + '"'):
        with pytest.raises(PathTooLong, match="local part has 65 octets"):
            parse_path(f"<{local}@ask.com>")
    labels = ".".join(["a" * 63] * 3)
    whole = f"<b@{labels}.{'c' * (256 - 5 - len(labels))}>"
    assert len(whole) == 256 and parse_path(whole)
    with pytest.raises(PathTooLong, match="the path has 257 octets"):
        parse_path(whole.replace("<b", "<bb"))
    with pytest.raises(PathTooLong, match="label"):
        parse_path(f"<b@{'a' * 64}.com>")
    with pytest.raises(PathTooLong, match="the domain has 258 octets"):
        parse_path("<b@" + "a." * 128 + "aa>")


def test_the_error_says_where_and_what() -> None:
    with pytest.raises(PathError) as caught:
        parse_path("<a..b@ask.com>")
    assert str(caught.value) == """column 3: expected "@", found '.'"""
    assert (caught.value.position, caught.value.expected) == (2, '"@"')
    with pytest.raises(PathError, match="found the end"):
        parse_path("<bob@ask.com")


def test_a_path_quotes_what_needs_it() -> None:
    for path in (
        Path("bob smith", "x.y"),
        Path('a"\\b', "x.y"),
        Path("a..b", "x.y"),
        Path("", "x"),
    ):
        assert parse_path(str(path)) == (path, "")
    assert Path("bob.smith", "x.y").address == "bob.smith@x.y"


LOCALS = st.one_of(
    st.lists(st.text(ATEXT, min_size=1, max_size=8), min_size=1, max_size=4).map(".".join),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
)
DOMAINS = st.one_of(
    st.lists(
        st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True), min_size=1, max_size=4
    ).map(".".join),
    st.ip_addresses(v=4).map(lambda a: f"[{a}]"),
    st.ip_addresses(v=6).map(lambda a: f"[IPv6:{a}]"),
)


@given(LOCALS, DOMAINS)
def test_what_is_written_is_read_back(local: str, domain: str) -> None:
    path = Path(local, domain)
    assert parse_path(str(path)) == (path, "")


@given(st.text(st.characters(max_codepoint=300), max_size=40))
@example("<" + "a" * 300)
@example('<"' + "\\" * 50)
def test_anything_at_all_is_a_path_or_a_path_error(text: str) -> None:
    for parse in (reverse_path, forward_path):
        try:
            path, _ = parse(text)
        except PathError as problem:
            assert 0 <= problem.position <= len(text)
        else:
            assert path.address.isascii() and path.address.isprintable()


@settings(max_examples=150)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_one_character_more_or_less_never_breaks_out(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    extra = data.draw(st.text(st.characters(max_codepoint=255), max_size=2))
    mutant = text[:at] + extra + text[at + data.draw(st.integers(0, 1)) :]
    try:
        path, rest = parse_path(mutant)
    except PathError:
        return
    assert not set(path.address) & set("\r\n\0")
    assert mutant.endswith(rest)


def test_literals() -> None:
    assert is_literal("[1.2.3.4]") and not is_literal("1.2.3.4") and not is_literal("[1.2.3.4")
