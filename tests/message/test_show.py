"""What is shown: the three parts, the difference between them, and no markup of a stranger's."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message import Body, Envelope, Header, Message, compare, show_letter
from labmail.message.look import CSS
from labmail.message.visible import visible

HOSTILE = "<script>alert(1)</script>\"'><img src=//evil.test/x onerror=alert(2)>&lt;\x1b[2J\u202e"
TAGS = {"style", "div", "h3", "p", "pre", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th"}
TAGS |= {"td", "code", "span", "b", "br", "ul", "li"}
ATTRIBUTES = {"class", "role", "aria-label", "scope"}


class Names(HTMLParser):
    """Collects the names of tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(f"@{name}" for name, _ in attrs)}

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_harmless(html: str) -> None:
    parser = Names()
    parser.feed(html)
    assert parser.seen <= TAGS | {f"@{name}" for name in ATTRIBUTES}, parser.seen
    assert "\x1b" not in html and "\u202e" not in html and "\x00" not in html


ENVELOPE = Envelope("alice@example.com", ["bob@ask.com"])
LETTER = Message(
    b"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nFrom: Alice <alice@example.com>\r\n"
    b"To: bob@ask.com\r\nSubject: =?utf-8?Q?Caf=C3=A9?=\r\n\r\nDear Bob,\r\nlunch?\r\n"
)


def test_the_envelope_is_shown_as_smtp_says_it() -> None:
    assert str(ENVELOPE.show()) == (
        "Envelope, read by servers, in the SMTP dialogue (RFC 5321)\n"
        "  MAIL FROM:<alice@example.com>\n"
        "  RCPT TO:<bob@ask.com>"
    )
    assert "MAIL FROM:&lt;alice@example.com&gt;" in ENVELOPE._repr_html_()
    assert "MAIL FROM:<>" in str(ENVELOPE.replace(sender="").show())


def test_the_header_is_shown_as_it_travels_and_as_it_is_read() -> None:
    text = str(LETTER.header.show())
    assert "  Subject: =?utf-8?Q?Caf=C3=A9?=\n      says: Café" in text
    assert "Café" in LETTER.header._repr_html_()


def test_problems_are_shown() -> None:
    assert "! line 1, column 3: found" in str(Message(b"no header here").show())
    assert "lm-problems" in Message(b"no header here")._repr_html_()


def test_the_body_is_shown_in_lines_and_cut() -> None:
    assert str(LETTER.body.show()).splitlines()[0].endswith("2 lines, 19 octets")
    long = Body(b"line\r\n" * 1000)
    assert "… and 960 more lines" in str(long.show()) and len(str(long.show())) < 1000
    assert len(str(Body(b"x" * 1_000_000).show())) < 1000


def test_printed_and_shown_in_a_notebook_are_the_same_on_each_run() -> None:
    shown = show_letter(ENVELOPE, LETTER, compare(ENVELOPE, LETTER.header))
    again = show_letter(ENVELOPE, Message(LETTER.content), compare(ENVELOPE, LETTER.header))
    assert (repr(shown), shown._repr_html_()) == (repr(again), again._repr_html_())
    assert repr(shown) == str(shown)


# -- MAIL FROM against From: --------------------------------------------------------------------


def test_the_same_in_both() -> None:
    sender, recipients = compare(ENVELOPE, LETTER.header)
    assert sender.same and recipients.same
    assert "no server compares them" in sender.says


def test_changing_the_header_does_not_change_the_envelope_and_the_other_way_round() -> None:
    header = LETTER.header.replace("From", "President <president@whitehouse.test>")
    sender, _ = compare(ENVELOPE, header)
    assert not sender.same
    assert sender.says == (
        "A bounce would go to alice@example.com; the reader sees president@whitehouse.test."
    )
    envelope = ENVELOPE.replace(sender="boss@example.com")
    assert LETTER.header["From"] == "Alice <alice@example.com>"
    assert compare(envelope, LETTER.header)[0].envelope == ("boss@example.com",)
    assert ENVELOPE.sender == "alice@example.com"


def test_hidden_and_idle_recipients() -> None:
    envelope = ENVELOPE.replace(recipients=["carol@ask.com", "dan@ask.com"])
    _, recipients = compare(envelope, LETTER.header)
    assert not recipients.same
    assert recipients.says == (
        "carol@ask.com, dan@ask.com get a copy without being named, as with Bcc. "
        "bob@ask.com is named but gets no copy from this envelope."
    )


def test_the_null_sender_and_an_unreadable_from() -> None:
    assert "null reverse-path" in compare(ENVELOPE.replace(sender=""), LETTER.header)[0].says
    header = LETTER.header.replace("From", "@@@")
    assert "From: cannot be read: @@@: found '@' at position 0" in compare(ENVELOPE, header)[0].says


def test_domains_are_compared_without_regard_to_case() -> None:
    assert compare(Envelope("alice@EXAMPLE.com", ["bob@Ask.com"]), LETTER.header)[1].same


@pytest.mark.parametrize("bad", ["a@b.c\r\nRCPT TO:<eve@ask.com>", "a\n", "a\0"])
def test_a_line_end_in_an_envelope_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="envelope sender"):
        Envelope(bad, [])
    with pytest.raises(ValueError, match="envelope recipient"):
        ENVELOPE.replace(recipients=["bob@ask.com", bad])


def test_one_recipient_may_be_given_as_text() -> None:
    assert Envelope("", "bob@ask.com").recipients == ("bob@ask.com",)


# -- hostile letters ----------------------------------------------------------------------------

MULTIPART = (
    f"From: {HOSTILE}\r\nSubject: {HOSTILE}\r\n<b>: x\r\nReceived: from {HOSTILE} by <i>; x\r\n"
    f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    f'Content-Type: text/html; name="{HOSTILE}"\r\n\r\n{HOSTILE}\r\n--b--\r\n'
)


def test_no_markup_of_a_letter_reaches_the_page() -> None:
    message = Message(MULTIPART.encode())
    envelope = Envelope("<script>@x", [HOSTILE])
    assert_harmless(message._repr_html_())
    assert_harmless(envelope._repr_html_())
    assert_harmless(message.header._repr_html_())
    assert_harmless(message.body._repr_html_())
    assert_harmless(message.tree()._repr_html_())
    assert_harmless(message.hops()._repr_html_())
    shown = show_letter(envelope, message, compare(envelope, message.header), title=HOSTILE)
    assert_harmless(shown._repr_html_())
    assert "\x1b" not in str(shown) and "\u202e" not in str(shown)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("<>&\"'/=a \r\n:-\x00\x1b\u202e"), max_size=80))
def test_no_markup_at_all(text: str) -> None:
    message = Message(text.encode())
    assert_harmless(message._repr_html_())
    assert_harmless(Header.parse(text.encode())._repr_html_())


def test_hostile_sentences_are_escaped_too() -> None:
    sender, recipients = compare(ENVELOPE, LETTER.header)
    shown = show_letter(ENVELOPE, LETTER, (replace(sender, says=HOSTILE), recipients))
    assert_harmless(shown._repr_html_())


def test_the_style_fetches_nothing_and_stays_in_its_frame() -> None:
    assert "url(" not in CSS and "@import" not in CSS
    body = CSS.replace("\n", "")
    for rule in body.split("}"):
        selector = rule.split("{")[-2] if "{" in rule else ""
        for one in filter(None, selector.split(",")):
            assert ".lm" in one or one.startswith(("@", "(")), one


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_visible_text_is_one_line_and_moves_nothing(text: str) -> None:
    assert len(visible(text).splitlines()) <= 1
