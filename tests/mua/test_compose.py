"""Composing: what a person means is what the reader gets; what must not travel does not."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message import Mailbox, Message, parse_mailbox
from labmail.mua import Attachment, ComposeError, Draft, compose

ALICE = "Alice <alice@example.com>"
MADE: dict[str, Any] = {
    "date": "Mon, 02 Mar 2026 09:00:00 +0000",
    "message_id": "<1@alice.example.com>",
    "boundary": "tear",
}


def write(*arguments: Any, **more: Any) -> Draft:
    return compose(ALICE, *arguments, **MADE | more)


def standard(draft: Draft) -> EmailMessage:
    """The draft as Python's own library reads it."""
    message = message_from_bytes(draft.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_plain_letter_to_the_byte() -> None:
    draft = write("bob@ask.com", "Lunch", "Friday?")
    assert draft.content == (
        b"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n"
        b"From: Alice <alice@example.com>\r\n"
        b"To: bob@ask.com\r\n"
        b"Subject: Lunch\r\n"
        b"Message-ID: <1@alice.example.com>\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=us-ascii\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Friday?\r\n"
    )
    assert draft.envelope.sender == "alice@example.com"
    assert draft.envelope.recipients == ("bob@ask.com",)
    assert draft.message.problems == ()


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=300)
LINE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=120)


@settings(max_examples=150, deadline=None)
@given(TEXT, LINE, st.one_of(st.none(), TEXT))
def test_any_text_and_subject_come_back(text: str, subject: str, html: str | None) -> None:
    draft = write("bob@ask.com", subject, text, html=html)
    assert draft.content.isascii(), "any host can carry it"
    assert max(map(len, draft.content.split(b"\r\n"))) <= 998
    assert b"\n" not in draft.content.replace(b"\r\n", b"")
    assert draft.subject in (subject, subject.strip(" \t"))
    assert draft.message.problems == ()
    if text or html is None:
        assert draft.message.text == ended(text)
    if html is not None:
        assert draft.message.html == ended(html)


def ended(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines if lines.endswith("\n") or not lines else lines + "\n"


@settings(max_examples=60, deadline=None)
@given(TEXT.filter(lambda text: "\x00" not in text), LINE.filter(str.isprintable))
def test_the_standard_library_reads_the_same(text: str, subject: str) -> None:
    theirs = standard(write("bob@ask.com", subject, text))
    assert theirs["Subject"].strip() == subject.strip()
    assert theirs.get_content().replace("\r\n", "\n") == ended(text)
    assert not theirs.defects


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(LINE, st.binary(max_size=200)), min_size=1, max_size=4))
def test_attachments_come_back_to_the_byte(files: list[tuple[str, bytes]]) -> None:
    draft = write("bob@ask.com", "Files", "see below", attachments=files)
    assert [(part.filename or "", part.content) for part in draft.message.attachments] == files
    assert draft.content.isascii()
    theirs = list(standard(draft).iter_attachments())
    assert [part.get_content() for part in theirs if part.get_content_maintype() != "text"] == [
        content for name, content in files if Attachment(name, b"").type.partition("/")[0] != "text"
    ]


def test_the_tree_of_a_rich_letter() -> None:
    draft = write(
        "bob@ask.com",
        "Rich",
        "plain",
        html='<img src="cid:logo">',
        attachments=[Attachment("logo.png", b"\x89PNG", cid="logo"), ("menu.pdf", b"%PDF")],
    )
    assert [(part.path, part.type) for part in draft.message.tree().walk()] == [
        ("", "multipart/mixed"),
        ("1", "multipart/alternative"),
        ("1.1", "text/plain"),
        ("1.2", "multipart/related"),
        ("1.2.1", "text/html"),
        ("1.2.2", "image/png"),
        ("2", "application/pdf"),
    ]
    assert draft.message.tree().parts[0].parts[1].parts[1].header["Content-ID"] == "<logo>"


@pytest.mark.parametrize(
    ("text", "encoding", "charset"),
    [
        ("plain\n", "7bit", "us-ascii"),
        ("café\n", "quoted-printable", "utf-8"),
        ("日本語日本語\n" * 5, "base64", "utf-8"),
        ("x" * 999, "quoted-printable", "us-ascii"),
        ("x" * 998, "7bit", "us-ascii"),
        ("a\x00b", "quoted-printable", "us-ascii"),
        (".\n..\nFrom here on\n", "7bit", "us-ascii"),
        ("é\n.\nFrom here on \n", "quoted-printable", "utf-8"),
        ("", "7bit", "us-ascii"),
    ],
)
def test_the_encoding_is_as_plain_as_the_text_allows(
    text: str, encoding: str, charset: str
) -> None:
    root = write("bob@ask.com", "x", text).message.tree()
    assert (root.encoding, root.charset) == (encoding, charset)


def test_base64_costs_what_the_course_says() -> None:
    draft = write("bob@ask.com", "x", attachments=[("x.bin", bytes(300_000))])
    part = draft.message.attachments[0]
    assert abs(part.size - 411_000) / 411_000 < 0.02


def test_a_boundary_that_occurs_in_a_part_is_made_longer() -> None:
    draft = write("bob@ask.com", "x", "--tear-mixed\n--tear-mixed--\n", attachments=[("a", b"b")])
    assert draft.header["Content-Type"] == "multipart/mixed; boundary=tear-mixed+"
    assert draft.message.text == "--tear-mixed\n--tear-mixed--\n"


def test_a_letter_in_a_letter_is_not_encoded() -> None:
    inner = write("bob@ask.com", "inner", "hello").content
    draft = write("bob@ask.com", "outer", "see", attachments=[("inner.eml", inner)])
    (part,) = draft.message.attachments
    assert (part.type, part.encoding, part.raw) == ("message/rfc822", "7bit", inner)
    assert part.parts[0].header["Subject"] == "inner"


# -- people -------------------------------------------------------------------------------------


def test_bcc_is_in_the_envelope_and_nowhere_else() -> None:
    draft = write("bob@ask.com", "x", cc="Carl <carl@ask.com>", bcc=["eve@ask.com"])
    assert draft.envelope.recipients == ("bob@ask.com", "carl@ask.com", "eve@ask.com")
    assert b"eve" not in draft.content and b"bcc" not in draft.content.lower()
    assert draft.header["Cc"] == "Carl <carl@ask.com>"


def test_hidden_recipients_alone() -> None:
    draft = write(bcc="eve@ask.com")
    assert draft.header["To"] == "undisclosed-recipients:;"
    assert draft.envelope.recipients == ("eve@ask.com",)


def test_nobody_gets_two_copies() -> None:
    draft = write(["bob@ask.com", "bob@ask.com, anna@ask.com"], "x", cc="bob@ask.com")
    assert draft.envelope.recipients == ("bob@ask.com", "anna@ask.com")


def test_names_and_domains_beyond_ascii() -> None:
    draft = write("Zoë <zoe@bücher.example>, 山田 <yamada@ask.com>", "x")
    assert draft.content.isascii()
    assert draft.envelope.recipients == ("zoe@xn--bcher-kva.example", "yamada@ask.com")
    assert draft.header.text("To") == "Zoë <zoe@xn--bcher-kva.example>, 山田 <yamada@ask.com>"


def test_people_may_be_given_as_values() -> None:
    bob: Mailbox = parse_mailbox("Bob <bob@ask.com>")
    assert write(bob, "x").header["To"] == "Bob <bob@ask.com>"
    assert write([bob, "anna@ask.com"], "x").header["To"] == "Bob <bob@ask.com>, anna@ask.com"
    assert write("friends: bob@ask.com, anna@ask.com;").envelope.recipients == (
        "bob@ask.com",
        "anna@ask.com",
    )


def test_ten_thousand_recipients() -> None:
    draft = write([f"user{number}@ask.com" for number in range(10_000)], "x")
    assert len(draft.envelope.recipients) == 10_000
    assert max(map(len, draft.content.split(b"\r\n"))) <= 78


# -- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0"])
@pytest.mark.parametrize("where", ["to", "cc", "bcc", "subject", "fields", "author", "message_id"])
def test_header_injection_is_refused(where: str, end: str) -> None:
    attack = f"bob@ask.com{end}Bcc: eve@ask.com{end}{end}Buy!"
    more: dict[str, Any] = {where: {"X-Note": attack} if where == "fields" else attack}
    author = more.pop("author", ALICE)
    with pytest.raises(ComposeError, match=r"found a (line end|NUL) at position 11") as caught:
        compose(author, **{"to": "bob@ask.com"} | MADE | more)
    assert "RFC 5322 §2.2" in str(caught.value)


def test_a_line_end_hidden_in_an_encoded_name_is_refused_too() -> None:
    with pytest.raises(ComposeError, match="line end"):
        write("=?utf-8?B?eA0KQmNjOiBldmU=?= <bob@ask.com>", "x")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "nobody to send to: expected an address in to, cc or bcc"),
        ({"to": "bob@@ask.com"}, "To: bob@@ask.com: found '@' at position 4, expected a domain"),
        ({"cc": "bob"}, "Cc: bob: found the end at position 3, expected"),
        ({"to": "jü@ask.com"}, "other characters need SMTPUTF8"),
        ({"to": f"bob@{'ü' * 80}.com"}, "no domain"),
        ({"to": "bob@ask.com", "fields": {"Bcc": "eve@ask.com"}}, "give hidden recipients as bcc"),
        ({"to": "bob@ask.com", "fields": {"Content-Type": "text/html"}}, "made from the content"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(arguments: Any, words: str) -> None:
    with pytest.raises(ComposeError) as caught:
        write(**arguments)
    assert words in str(caught.value)


def test_two_authors_are_refused() -> None:
    with pytest.raises(ComposeError, match="found 2 addresses, expected one"):
        compose("a@b.c, d@e.f", "bob@ask.com", **MADE)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ComposeError, match="half a character at position 2"):
        write("bob@ask.com", "x", "ab\ud800")


@pytest.mark.parametrize("kind", ["nonsense", "multipart/mixed", "text/plain\r\nX: y", "a/b; c"])
def test_types_that_are_none_are_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="expected one such as"):
        Attachment("x", b"", kind)


def test_further_fields_replace_what_the_agent_made() -> None:
    draft = write(
        "bob@ask.com", "x", fields=[("From", "Boss <boss@ask.com>"), ("X-Mood", "café"), ("A", "1")]
    )
    assert draft.header["From"] == "Boss <boss@ask.com>"
    assert draft.envelope.sender == "alice@example.com", "the envelope is another matter"
    assert draft.header.text("X-Mood") == "café"


# -- a draft ------------------------------------------------------------------------------------


def test_each_part_of_a_draft_can_be_changed_alone() -> None:
    draft = write("bob@ask.com", "x", "Friday?")
    other = draft.replace(envelope=draft.envelope.replace(sender="boss@example.com"))
    assert (other.content, other.envelope.sender) == (draft.content, "boss@example.com")
    lie = draft.replace(header=draft.header.replace("From", "president@whitehouse.test"))
    assert lie.envelope == draft.envelope and bytes(lie.body) == b"Friday?\r\n"
    assert lie.header["From"] == "president@whitehouse.test"
    leak = draft.replace(header=draft.header.add("Bcc", "eve@ask.com"))
    assert leak.header["Bcc"] == "eve@ask.com"
    assert draft.replace(body=b"No.\r\n").message.text == "No.\n"
    assert draft.replace(content=b"nothing but text").content == b"nothing but text"
    assert draft == write("bob@ask.com", "x", "Friday?"), "a draft is a value"


def test_a_draft_shows_what_differs() -> None:
    draft = write("bob@ask.com", "x", "Friday?")
    draft = draft.replace(header=draft.header.replace("From", "president@whitehouse.test"))
    text = str(draft)
    assert "MAIL FROM:<alice@example.com>" in text
    assert "From: president@whitehouse.test" in text
    assert (
        "A bounce would go to alice@example.com; the reader sees president@whitehouse.test." in text
    )
    assert "they differ" in draft._repr_html_()
    assert repr(draft) == "<Draft: x, 243 octets>"
    assert isinstance(Message(draft.content), Message)
