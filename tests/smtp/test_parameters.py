"""SIZE=, BODY=, AUTH=: read, refused, and xtext both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labmail.smtp import Wish, dsn, xtext
from labmail.smtp.parameters import (
    MailParameters,
    Refused,
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
    "AUTH=j+C3+BCrgen@x": MailParameters(auth="jürgen@x"),
    "smtputf8": MailParameters(utf8=True),
    "RET=hdrs ENVID=QQ+2B314159": MailParameters(ret="HDRS", envid="QQ+2B314159"),
    "RET=FULL": MailParameters(ret="FULL"),
    "ENVID=" + "x" * 100: MailParameters(envid="x" * 100),
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
    "RET": 501,
    "RET=ALL": 501,
    "RET=FULL RET=HDRS": 501,
    "ENVID": 501,
    "ENVID=": 501,
    "ENVID=a+b": 501,
    "ENVID=a=b": 501,
    "ENVID=a+0A": 501,  # a line end: not printable
    "ENVID=+C3+BC": 501,  # nor is anything beyond ASCII
    "ENVID=" + "x" * 101: 501,
    "ENVID=ü": 501,
    "SMTPUTF8=yes": 501,
    "ORCPT=rfc822;a@b": 555,  # of RCPT
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


GOOD_RCPT = {
    "": Wish(),
    "NOTIFY=NEVER": Wish(("NEVER",)),
    "notify=delay,success": Wish(("SUCCESS", "DELAY")),
    "NOTIFY=FAILURE,FAILURE": Wish(("FAILURE",)),
    "ORCPT=rfc822;e+3Dmc2@ask.com": Wish(orcpt="rfc822;e+3Dmc2@ask.com"),
    "ORCPT=x400;/G+3DBob/": Wish(orcpt="x400;/G+3DBob/"),
    "NOTIFY=SUCCESS ORCPT=RFC822;a@b": Wish(("SUCCESS",), "RFC822;a@b"),
    "ORCPT=rfc822;" + "x" * 493: Wish(orcpt="rfc822;" + "x" * 493),
}

BAD_RCPT = {
    "NOTIFY": 501,
    "NOTIFY=": 501,
    "NOTIFY=ALWAYS": 501,
    "NOTIFY=NEVER,FAILURE": 501,
    "NOTIFY=SUCCESS,": 501,
    "NOTIFY=,": 501,
    "NOTIFY=SUCCESS NOTIFY=DELAY": 501,
    "ORCPT": 501,
    "ORCPT=bob@ask.com": 501,
    "ORCPT=;bob@ask.com": 501,
    "ORCPT=rfc822;": 501,
    "ORCPT=rfc 822;a": 501,
    "ORCPT=rfc822;a+b": 501,
    "ORCPT=rfc822;a+3d": 501,
    "ORCPT=rfc822;a+0D+0A": 501,
    "ORCPT=utf-8;jürgen@ask.com": 501,  # raw UTF-8, and MAIL has not said SMTPUTF8
    "ORCPT=rfc822;" + "x" * 494: 501,
    "SIZE=1": 555,  # of MAIL
    "RET=FULL": 555,
    "XYZZY=1": 555,
}


@pytest.mark.parametrize("text", GOOD_RCPT)
def test_good_for_rcpt(text: str) -> None:
    assert recipient_parameters(text) == GOOD_RCPT[text]


@pytest.mark.parametrize("text", BAD_RCPT)
def test_bad_for_rcpt(text: str) -> None:
    with pytest.raises(Refused) as caught:
        recipient_parameters(text)
    assert caught.value.reply.code == BAD_RCPT[text]


def test_what_is_not_offered_is_not_known() -> None:
    for text in ("SMTPUTF8", "RET=FULL", "ENVID=x"):
        with pytest.raises(Refused, match="555"):
            mail_parameters(text, offered=())
    with pytest.raises(Refused, match="555"):
        recipient_parameters("NOTIFY=NEVER", offered=("SMTPUTF8",))
    assert mail_parameters("SIZE=1 BODY=8BITMIME AUTH=<>", offered=()).size == 1


def test_an_original_recipient_may_be_utf_8_where_the_letter_is() -> None:
    wish = recipient_parameters("ORCPT=utf-8;jürgen@ask.com", utf8=True)
    assert wish.original == "utf-8;jürgen@ask.com"
    with pytest.raises(Refused, match="501"):
        recipient_parameters("ORCPT=rfc822;jürgen@ask.com", utf8=True)


def test_a_wish_is_said_as_it_was_heard() -> None:
    text = "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;e+3Dmc2@ask.com"
    wish = recipient_parameters(text)
    assert wish.words() == f" {text}" and wish.original == "rfc822;e=mc2@ask.com"
    assert (wish.failure, wish.success) == (True, True)
    assert (Wish().failure, Wish().success, Wish().words()) == (True, False, "")
    assert not Wish(("NEVER",)).failure and not Wish(("SUCCESS",)).failure
    assert dsn.Wishes(ret="HDRS", envid="a+2B").words() == " RET=HDRS ENVID=a+2B"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF)))
def test_xtext_comes_back(text: str) -> None:
    coded = xtext.encode(text)
    assert xtext.decode(coded) == text
    assert coded.isascii() and not set(coded) & set(" =")
