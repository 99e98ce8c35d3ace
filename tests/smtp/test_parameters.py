"""SIZE=, BODY=, AUTH=: read, refused, and xtext both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.smtp.parameters import (
    MailParameters,
    Refused,
    decode_xtext,
    encode_xtext,
    mail_parameters,
    recipient_parameters,
)

GOOD = {
    "": MailParameters(),
    "SIZE=0": MailParameters(size=0),
    "size=99999999999999999999": MailParameters(size=99999999999999999999),
    "BODY=8bitmime": MailParameters(body="8BITMIME"),
    "Body=7BIT  SIZE=12": MailParameters(size=12, body="7BIT"),
    "AUTH=<>": MailParameters(auth=""),
    "AUTH=e+3Dmc2@example.com": MailParameters(auth="e=mc2@example.com"),
    "SIZE=1 BODY=8BITMIME AUTH=a@b": MailParameters(1, "8BITMIME", "a@b"),
}

BAD = {
    "SIZE": 501,
    "SIZE=": 501,
    "SIZE=x": 501,
    "SIZE=-1": 501,
    "SIZE=1e3": 501,
    "SIZE=100000000000000000000": 501,
    "BODY": 501,
    "BODY=BINARYMIME": 501,
    "BODY=7": 501,
    "SIZE=1 SIZE=1": 501,
    "SIZE=1 size=2": 501,
    "AUTH": 501,
    "AUTH=a+3d": 501,
    "AUTH=a+G1": 501,
    "=x": 501,
    "-X=1": 501,
    "X=a=b": 501,
    "<c@d>": 501,
    "RET=HDRS": 555,
    "SMTPUTF8": 555,
    "XYZZY": 555,
    "NOTIFY=NEVER": 555,
    "SIZE=1 FOO=bar": 555,
}


@pytest.mark.parametrize("text", GOOD)
def test_good(text: str) -> None:
    assert mail_parameters(text) == GOOD[text]


@pytest.mark.parametrize("text", BAD)
def test_bad(text: str) -> None:
    with pytest.raises(Refused) as caught:
        mail_parameters(text)
    assert caught.value.reply.code == BAD[text]


def test_rcpt_has_none() -> None:
    recipient_parameters("")
    with pytest.raises(Refused, match="NOTIFY is not"):
        recipient_parameters("NOTIFY=NEVER ORCPT=rfc822;bob@ask.com")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_xtext_comes_back(text: str) -> None:
    coded = encode_xtext(text)
    assert decode_xtext(coded) == text
    assert not set(coded) & set(" =")
