"""Reading: honest letters are shown, hostile ones do nothing."""

import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message import Message
from labmail.mua import Attachment, compose, plain, read, tame
from labmail.mua.reader import POLICY
from labmail.mua.tame import ATTRIBUTES, SHAPES

MADE = {"date": "Mon, 02 Mar 2026 09:00:00 +0000", "message_id": "<1@x>", "boundary": "b"}
PIXEL = b"\x89PNG\r\n\x1a\n"

OUTSIDE = {"style", "div", "h3", "h4", "p", "pre", "dl", "dt", "dd", "table", "thead", "tbody"}
OUTSIDE |= {"tr", "th", "td", "code", "span", "iframe"}
OUTSIDE_ATTRIBUTES = {"class", "role", "aria-label", "scope", "title"}
OUTSIDE_ATTRIBUTES |= {"sandbox", "referrerpolicy", "srcdoc"}


class Seen(HTMLParser):
    """What a browser would find: elements, attributes, and pages in frames."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.frames: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values += [value or "" for _, value in attrs]
        if tag == "iframe":
            self.frames.append({name: value or "" for name, value in attrs})


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    parser.close()
    return parser


def page(html: str) -> Message:
    return Message(
        b"From: eve@evil.test\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
    )


def assert_walled(message: Message) -> str:
    """Checks the page around and the page in the frame; gives the latter."""
    outside = seen(read(message).html)
    assert outside.tags <= OUTSIDE and outside.attributes <= OUTSIDE_ATTRIBUTES
    (frame,) = outside.frames
    assert frame["sandbox"] == "" and frame["referrerpolicy"] == "no-referrer"
    document = frame["srcdoc"]
    wall = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    assert document.startswith(f'<!doctype html><html><head><meta charset="utf-8">{wall}')
    body = document.partition("<body>")[2].removesuffix("</body></html>")
    inside = seen(body)
    assert inside.tags <= (SHAPES - {"a"}) | {"span"}, inside.tags
    assert inside.attributes <= ATTRIBUTES | {"src"}, inside.attributes
    return body


def test_an_honest_letter_as_text() -> None:
    draft = compose(
        "Zoë <zoe@example.com>",
        "bob@ask.com",
        "Café",
        "Friday?\n",
        attachments=[("menu.pdf", b"%PDF")],
        **MADE,
    )
    assert str(read(draft.message)) == (
        "From: Zoë <zoe@example.com>\nTo: bob@ask.com\n"
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\nSubject: Café\n\n"
        "Friday?\n\n"
        "Attachments\n  1. menu.pdf, application/pdf, 4 octets\n\n"
        "multipart/mixed, 257 octets\n"
        "├─ text/plain, us-ascii, 7bit, 9 octets\n"
        '└─ application/pdf, base64, 10 octets, "menu.pdf"'
    )
    assert "<iframe" not in read(draft.message).html


def test_html_is_shown_in_its_frame_only() -> None:
    draft = compose("a@b.c", "d@e.f", "x", "plain", html="<p>Dear <b>Bob</b></p>", **MADE)
    body = assert_walled(draft.message)
    assert body == "<p>Dear <b>Bob</b></p>\n"
    assert "plain" in str(read(draft.message))


def test_a_picture_in_the_letter_is_shown_one_outside_is_not() -> None:
    html = (
        '<img src="cid:logo" alt="x"><img src="http://evil.test/pixel.png">'
        '<img src="//evil.test/x"><img src="cid:none"><img src="data:image/svg+xml;base64,AAAA">'
    )
    draft = compose(
        "a@b.c",
        "d@e.f",
        "x",
        html=html,
        attachments=[Attachment("l.png", PIXEL, cid="logo")],
        **MADE,
    )
    body = assert_walled(draft.message)
    assert re.findall(r'src="([^"]*)"', body) == ["data:image/png;base64,iVBORw0KGgo=", *[""] * 4]
    assert "evil.test" not in body


def test_pictures_are_not_multiplied_without_end() -> None:
    picture = Attachment("l.png", PIXEL + bytes(500_000), cid="logo")
    draft = compose(
        "a@b.c", "d@e.f", html='<img src="cid:logo">' * 10_000, attachments=[picture], **MADE
    )
    assert len(read(draft.message).html) < 10_000_000


HOSTILE = [
    "<script>parent.document.title='x'</script>",
    "<script src=//evil.test/x.js></script>",
    "<SCRIPT\n>x()</SCRIPT\n>",
    "<script>x()",
    "<img src=x onerror=x()>",
    "<img src='data:text/html,<script>x()</script>'>",
    "<svg onload=x()><script>x()</script></svg>",
    "<svg><style><img src=x onerror=x()></style></svg>",
    "<math><mtext><img src=x onerror=x()></mtext></math>",
    "<iframe src=http://evil.test/></iframe><iframe srcdoc='<script>x()</script>'>",
    "<object data=http://evil.test/></object><embed src=http://evil.test/>",
    "<meta http-equiv=refresh content='0;url=http://evil.test/'>",
    "<meta http-equiv=Content-Security-Policy content='default-src *'>",
    "<base href=//evil.test/><link rel=stylesheet href=/x><link rel=dns-prefetch href=//evil.test>",
    "<form action=//evil.test/><input name=x><button formaction=//evil.test/>x</button></form>",
    "<a href=javascript:x()>x</a><a href=//evil.test/ ping=//evil.test/ target=_top>x</a>",
    "<p style='background:url(http://evil.test/x)'>x</p>",
    "<p style='background:u\\72l(http://evil.test/x)'>x</p>",
    "<style>@import 'http://evil.test/x.css';body{background:url(//evil.test)}</style>",
    "</body></html></iframe><script>x()</script>",
    '"></iframe><script>x()</script><iframe srcdoc="',
    "<!--><script>x()</script>-->",
    "<!-- x --!><script>x()</script>",
    "<![CDATA[<script>x()</script>]]>",
    "<?xml version='1.0'?><script>x()</script>",
    "<title><script>x()</script></title><noscript><p title='</noscript><script>x()</script>'>",
    "<textarea></textarea><script>x()</script>",
    "<video autoplay src=http://evil.test/x></video><audio src=//evil.test/></audio>",
    "<p title='<img src=x onerror=x()>'>x</p>",
    "<img alt='x' src='http://evil.test/`'\" onerror=x()>",
    "<<script>script>x()<</script>/script>",
    "<p onclick=x() onclick=y() STYLE=color:red>x",
    "<body onload=x()><html manifest=//evil.test>",
    "<table background=http://evil.test/x><tr><td background=//evil.test/y>x</td></tr></table>",
    "<p>\x00<scr\x00ipt>x()</script>",
    "&lt;script&gt;x()&lt;/script&gt;",
    "<a title='\"><script>x()</script>' href='\"><script>x()</script>'>x</a>",
    "<audio srcset=http://evil.test/x><picture><source srcset=//evil.test/x><img></picture>",
    "<p/onclick=x()/title=x>x</p><img/src=//evil.test/x/onerror=x()>",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_is_walled_and_tamed(html: str) -> None:
    body = assert_walled(page(html))
    live = [value for value in seen(body).values if "url(" in value.lower()]
    assert live == []
    assert not re.search(r'src="(?!data:image/|")', body)


PIECES = """
< > </ /> <!-- --> <! <? ' " = & ; script img a p style svg src href onerror title x url( \\
http://evil.test/ javascript:x() data:image/png;base64,
"""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PIECES.split(), " ", "\n", "\0"]), max_size=40).map("".join))
def test_any_mixture_of_markup_is_walled_and_tamed(html: str) -> None:
    body = tame(html)
    inside = seen(body)
    assert inside.tags <= (SHAPES - {"a"}) | {"span"}
    assert inside.attributes <= ATTRIBUTES | {"src"}
    assert tame(body) == tame(tame(body)), "what is tame stays"
    isinstance(plain(html), str)
    read(page(html))


def test_every_element_is_closed_where_it_was_opened() -> None:
    assert tame("<b><i>x</b>y</i></p>") == "<b><i>x</i></b>y"
    assert tame("<div>" * 1000).count("<div>") == 100


def test_a_link_cannot_be_followed_but_is_seen() -> None:
    assert tame('<a href="http://evil.test/?a=1&amp;b">your bank</a>') == (
        '<span title="http://evil.test/?a=1&amp;b">your bank</span>'
    )


def test_plain_text_of_a_page() -> None:
    html = (
        "<html><head><title>no</title></head><body><h1>Dear Bob</h1>a  <b>b</b><br>&lt;c&gt;<li>d"
    )
    assert plain(html) == "Dear Bob\na b\n<c>\nd"
    assert "Dear Bob" in str(read(page(html)))


@pytest.mark.parametrize(
    "html",
    [
        "<a " * 100_000,
        "<!--" * 100_000,
        "<script" * 100_000,
        "<script>" * 50_000,
        '<p title="' * 50_000,
        "<p " + "a=" * 200_000 + ">",
        "<b>" * 150_000,
        "<" * 400_000,
        "&" * 400_000,
        "<p style='" + " " * 400_000 + "'>",
        "x" * 5_000_000,
    ],
)
def test_pages_that_are_made_to_take_long_do_not(html: str) -> None:
    began = time.process_time()
    tame(html)
    plain(html)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("field", ["From", "To", "Cc", "Date", "Subject"])
def test_hostile_fields_are_text(field: str) -> None:
    attack = "<script>x()</script>\"'\x1b[2J\u202egpj.exe"
    message = Message(f"{field}: {attack}\r\n\r\nhello\r\n".encode())
    shown = read(message)
    assert seen(shown.html).tags <= OUTSIDE
    assert "\x1b" not in shown.text + shown.html and "\u202e" not in shown.text + shown.html
    assert "&lt;script&gt;" in shown.html


def test_hostile_file_names_are_shown_and_not_followed() -> None:
    message = Message(
        b"Content-Type: application/x; name=x\r\n"
        b'Content-Disposition: attachment; filename="../../<img src=x onerror=x()>"\r\n\r\nx'
    )
    shown = read(message)
    assert seen(shown.html).tags <= OUTSIDE
    assert "1. _img src=x onerror=x()_, application/x, 1 octet, the sender suggests" in shown.text


def test_a_long_letter_is_cut() -> None:
    message = Message(b"Subject: x\r\n\r\n" + b"line\r\n" * 100_000)
    assert "… and 99,600 more lines" in str(read(message))
    assert len(read(message).html) < 20_000


def test_the_same_letter_gives_the_same_page() -> None:
    draft = compose("a@b.c", "d@e.f", "x", "t", html="<p>x", attachments=[("f", b"x")], **MADE)
    assert read(draft.message) == read(Message(draft.content))


def test_letters_that_are_broken_are_read() -> None:
    for content in (b"", b"\r\n", b"no header", b"A: b", b"\xff\x00" * 100):
        assert isinstance(str(read(Message(content))), str)
        assert unescape(read(Message(content)).html)
