"""A name that may be saved, whatever the sender suggested."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message import Message, safe_name


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.none(), st.text(), st.text(st.sampled_from("./\\:a \x00\u202e%~$"))))
def test_every_name_is_one_harmless_part_of_a_path(name: str | None) -> None:
    safe = safe_name(name)
    assert safe and not set(safe) & set('/\\\0\r\n<>:"|?*')
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in safe)
    assert not safe.startswith(".") and not safe.endswith((".", " "))
    assert len(safe.encode()) <= 255
    assert safe_name(safe) == safe, "a safe name stays"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:evil.exe", "C_evil.exe"),
        ("..", "attachment"),
        ("", "attachment"),
        (None, "attachment"),
        ("folder/", "attachment"),
        (".bashrc", "bashrc"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("exe\u202egpj.scr", "exegpj.scr"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("console.txt", "console.txt"),
        ("trailing. . ", "trailing"),
        ("a  b\t.txt", "a b.txt"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("é" * 300, "é" * 127),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_names(name: str | None, safe: str) -> None:
    assert safe_name(name) == safe


def test_pieces_of_rfc_2231_are_put_together_before_the_name_is_made_safe() -> None:
    message = Message(
        b"Content-Disposition: attachment; filename*0*=utf-8''..%2F..%2F; filename*1*=caf%C3%A9.txt"
        b"\r\n\r\nx"
    )
    (part,) = message.attachments
    assert (part.filename, part.safe_name) == ("../../café.txt", "café.txt")
