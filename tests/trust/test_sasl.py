"""PLAIN and LOGIN, there and back; and what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.trust import (
    Credentials,
    SaslError,
    decode_base64,
    decode_login,
    decode_plain,
    encode_base64,
    encode_plain,
)

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(NAMES, NAMES, st.one_of(st.just(""), NAMES))
def test_plain_comes_back(login: str, password: str, acting_as: str) -> None:
    said = Credentials(login, password, acting_as)
    assert decode_plain(decode_base64(encode_base64(encode_plain(said)))) == said


@pytest.mark.parametrize(
    "message",
    [b"", b"bob", b"\0bob", b"\0bob\0", b"\0\0secret", b"\0a\0b\0c", b"\0b\xff\0secret", b"\0\0"],
)
def test_what_is_not_plain(message: bytes) -> None:
    with pytest.raises(SaslError):
        decode_plain(message)


@pytest.mark.parametrize("text", ["!", "YQ", "YQ=", "YQ==\n", "Y Q==", "Y\u00e9==", "YQ==YQ=", "="])
def test_what_is_not_base64(text: str) -> None:
    with pytest.raises(SaslError):
        decode_base64(text)


def test_base64_may_be_empty() -> None:
    assert decode_base64("") == b""


def test_login() -> None:
    assert decode_login(b"bob", "s\u00e9cret".encode()) == Credentials("bob", "s\u00e9cret")
    with pytest.raises(SaslError):
        decode_login(b"bob", b"\xff")


def test_nobody_acts_as_somebody_else() -> None:
    assert Credentials("bob", "x").for_oneself
    assert Credentials("bob", "x", "bob").for_oneself
    assert not Credentials("bob", "x", "alice").for_oneself


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Credentials("bob", "secret"))
