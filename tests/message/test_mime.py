"""The MIME tree: the parts of honest letters, and what becomes of hostile ones."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message import Message, Part, tree


def letter(text: str) -> Message:
    return Message(text.replace("\n", "\r\n").encode())


def shape(part: Part) -> object:
    return (part.type, [shape(child) for child in part.parts]) if part.parts else part.type


MIXED = """\
From: a@b.c
Content-Type: multipart/mixed; boundary="outer"

preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

caf=C3=A9 =
at noon
--inner
Content-Type: text/html; charset=iso-8859-1

<p>caf=E9</p>

--inner--
--outer
Content-Type: IMAGE/PNG; name="old.png"
Content-Transfer-Encoding: BASE64
Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.png

aGVs
bG8=
--outer--
epilogue
"""


def test_an_honest_letter() -> None:
    root = letter(MIXED).tree()
    assert shape(root) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", "text/html"]), "image/png"],
    )
    assert [part.path for part in root.walk()] == ["", "1", "1.1", "1.2", "2"]
    assert all(part.problems == () for part in root.walk())
    plain, page = root.parts[0].parts
    assert (plain.charset, plain.encoding, plain.text) == (
        "utf-8",
        "quoted-printable",
        "café at noon",
    )
    assert page.raw == b"<p>caf=E9</p>\r\n", "the last line end belongs to the boundary"
    assert page.size == 15 and page.encoding == "7bit"
    image = root.parts[1]
    assert (image.filename, image.disposition, image.content) == (
        "café.png",
        "attachment",
        b"hello",
    )
    assert image.charset is None and image.is_attachment


def test_text_html_and_attachments() -> None:
    message = letter(MIXED)
    assert message.text == "café at noon"
    assert message.html == "<p>caf=E9</p>\n"
    assert [part.safe_name for part in message.attachments] == ["café.png"]


def test_a_letter_without_mime_is_one_text() -> None:
    root = letter("From: a@b.c\n\nHello\n").tree()
    assert (root.type, root.charset, root.text) == ("text/plain", "us-ascii", "Hello\n")


def test_a_letter_in_a_letter_is_an_attachment_and_can_be_opened() -> None:
    message = letter(
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nfirst\n"
        "--b\n\nSubject: two\n\nsecond\n--b--\n"
    )
    assert shape(message.tree()) == (
        "multipart/digest",
        [("message/rfc822", ["text/plain"]), ("message/rfc822", ["text/plain"])],
    )
    assert message.tree().parts[1].parts[0].header["Subject"] == "two"
    assert message.text == "", "the enclosed letters are not this letter's text"
    assert len(message.attachments) == 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([("text", "plain"), ("text", "html"), ("image", "png")]),
            st.binary(max_size=80),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_standard_library_writes_and_we_read(
    parts: list[tuple[tuple[str, str], bytes]],
) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "a@b.c"
    message.make_mixed()
    for (main, sub), data in parts:
        message.add_attachment(data, maintype=main, subtype=sub, filename=f"x.{sub}")
    ours = Message(message.as_bytes()).tree()
    assert [part.content for part in ours.parts] == [data for _, data in parts]
    assert [part.type for part in ours.parts] == [f"{main}/{sub}" for (main, sub), _ in parts]


BROKEN = st.lists(
    st.sampled_from(
        [
            "Content-Type: multipart/mixed; boundary=b\n",
            "Content-Type: message/rfc822\n",
            "Content-Transfer-Encoding: base64\n",
            "\n",
            "--b\n",
            "--b--\n",
            "--b",
            "text\n",
            "\r",
        ]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(BROKEN)
def test_any_mixture_of_pieces_is_read(text: str) -> None:
    message = letter(text)
    for part in message.tree().walk():
        assert part.raw == message.content[part.start : part.end]
        assert isinstance(part.text, str) and isinstance(part.content, bytes)
    str(message.show()), message.text, message.html, message.attachments


@settings(max_examples=100, deadline=None)
@given(BROKEN.filter(lambda text: "message/rfc822" not in text and "\r" not in text))
def test_the_standard_library_finds_as_many_parts(text: str) -> None:
    if text and not text.startswith("Content-Type"):
        return
    content = letter("From: a@b.c\n" + text + "\n").content
    theirs = message_from_bytes(content)
    if theirs.defects or any(part.defects for part in theirs.walk()):
        return  # in broken letters there is no one truth
    ours = tree(content)
    assert sum(1 for _ in ours.walk()) == sum(1 for _ in theirs.walk())


# -- hostile letters --------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    text = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth)
    )
    return (text + "\n\nhello\n").replace("\n", "\r\n").encode()


def test_a_thousand_levels_are_opened_to_fifty() -> None:
    message = Message(nested(1000))
    parts = list(message.tree().walk())
    assert len(parts) == 51
    assert parts[-1].problems == ("nested deeper than 50 levels: not opened",)
    assert "not opened" in str(message.tree()) and message.text == ""
    assert len(list(message.tree(max_depth=3).walk())) == 4


def test_letters_in_letters_are_limited_too() -> None:
    content = b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"hello"
    assert sum(1 for _ in Message(content).tree().walk()) == 51


def test_many_parts_are_opened_to_the_limit() -> None:
    content = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000
    root = Message(content).tree()
    assert len(root.parts) == 999
    assert root.problems == ("more parts than are opened: the rest is left out",)
    assert len(Message(content).tree(max_parts=10).parts) == 9
    assert "… and more parts" in str(root)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Content-Type: multipart/mixed\n\nx\n", "without a boundary"),
        ("Content-Type: multipart/mixed; boundary=\n\nx\n", "without a boundary"),
        ("Content-Type: multipart/mixed; boundary=b\n\nx\n", "does not occur"),
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n",
            "closing boundary --b-- is miss",
        ),
        ("Content-Type: nonsense\n\nx\n", "is no type/subtype: read as text/plain"),
        ("Content-Type: text/plain; charset\n\nx\n", '"=" after charset'),
        (
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nx\n",
            "not opened (RFC 2046 §5.2.1)",
        ),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: str) -> None:
    root = letter(text).tree()
    assert problem in " ".join(root.problems)
    assert problem in str(root), "and shown"


def test_an_inner_boundary_that_is_missing_ends_where_the_outer_one_says() -> None:
    root = letter(
        "Content-Type: multipart/mixed; boundary=out\n\n--out\n"
        "Content-Type: multipart/mixed; boundary=in\n\n--in\n\nfirst\n--out\n\nsecond\n--out--\n"
    ).tree()
    assert [part.text for part in root.walk() if not part.parts] == ["first", "second"]
    assert root.problems == ()
    assert root.parts[0].problems == ("the closing boundary --in-- is missing",)


def test_a_boundary_that_begins_like_another_is_another() -> None:
    root = letter(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--bb\n--b x\ntwo\n--b \t\n"
        "\nthree\n--b--\n--b\n\nnot a part\n"
    ).tree()
    assert [part.text for part in root.parts] == ["one\n--bb\n--b x\ntwo", "three"]


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        (b"aGVsbG8=", b"hello"),
        (b"aGVs\r\nbG8", b"hello"),
        (b"aG!V@s\x00bG8=", b"hello"),
        (b"aGVsbG8=trailing", b"hello"),
        (b"aGVsb", b"hel"),
        (b"", b""),
        (b"!!!", b""),
    ],
)
def test_broken_base64_is_read_as_far_as_it_goes(raw: bytes, content: bytes) -> None:
    message = Message(b"Content-Transfer-Encoding: base64\r\n\r\n" + raw)
    assert message.tree().content == content


def test_unknown_charsets_and_encodings() -> None:
    message = Message(
        b"Content-Type: text/plain; charset=x-klingon\r\nContent-Transfer-Encoding: x-zip\r\n"
        b"\r\ncaf\xe9"
    )
    assert (message.tree().charset, message.text) == ("x-klingon", "café")
    assert message.tree().content == b"caf\xe9"


def test_a_part_holds_no_copy_of_a_large_letter() -> None:
    big = b"x" * 1_000_000
    root = tree(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + big + b"\r\n--b--"
    )
    assert root.parts[0].source is root.source
    assert root.parts[0].size == 1_000_000
