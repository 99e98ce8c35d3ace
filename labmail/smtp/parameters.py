"""Parameters: the words behind the path, by which extensions say more about a letter.

``MAIL FROM:<alice@example.com> SIZE=1463 BODY=8BITMIME AUTH=<>``. Each belongs to an extension that
the server listed in its answer to EHLO, and only those may be used (RFC 5321 §4.1.1.11):

==========  ===========================================================================
SIZE=n      how many octets the letter will have (RFC 1870): "too big" is said at once
BODY=…      7BIT or 8BITMIME: may octets above 127 occur (RFC 6152)
AUTH=…      who submitted it first, as far as the client knows (RFC 4954 §5)
==========  ===========================================================================

RCPT has none here. An unknown name is 555, a known one with a bad value 501.

Try: ``mail_parameters("SIZE=100 BODY=7BIT")``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import replies
from .replies import Reply

_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?")
_SIZE = re.compile(r"\d{1,20}")
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")


class Refused(Exception):
    """The language says no, and ``reply`` says it to the client.

    ``counts``: whether it is the client's error, of which there may be only so many.
    """

    def __init__(self, reply: Reply, *, counts: bool = True) -> None:
        super().__init__(str(reply))
        self.reply, self.counts = reply, counts


@dataclass(frozen=True, slots=True)
class MailParameters:
    """What a MAIL command said besides the sender."""

    size: int | None = None
    """Octets, as declared."""
    body: str = "7BIT"
    auth: str | None = None
    """The original submitter; "" for ``AUTH=<>``, None where it was not given."""


def read(text: str) -> dict[str, str | None]:
    """Names (in capitals) and values. Raises `Refused` where it is no list of parameters.

    >>> read("SIZE=100 body=8BITMIME")
    {'SIZE': '100', 'BODY': '8BITMIME'}
    """
    found: dict[str, str | None] = {}
    for word in text.split():
        match = _PARAMETER.fullmatch(word)
        if not match:
            raise Refused(replies.BAD_PARAMETER)
        name = match[1].upper()
        if name in found:
            raise Refused(replies.repeated_parameter(name))
        found[name] = match[2]
    return found


def mail_parameters(text: str) -> MailParameters:
    """The parameters of MAIL. Raises `Refused`."""
    given = read(text)
    for name in given:
        if name not in ("SIZE", "BODY", "AUTH"):
            raise Refused(replies.unknown_parameter(name))
    size = _size(given["SIZE"]) if "SIZE" in given else None
    body = _body(given["BODY"]) if "BODY" in given else "7BIT"
    auth = _auth(given["AUTH"]) if "AUTH" in given else None
    return MailParameters(size, body, auth)


def recipient_parameters(text: str) -> None:
    """RCPT knows none yet: raises `Refused` for any."""
    for name in read(text):
        raise Refused(replies.unknown_parameter(name))


def _size(value: str | None) -> int:
    if value is None or not _SIZE.fullmatch(value):
        raise Refused(replies.BAD_SIZE)
    return int(value)


def _body(value: str | None) -> str:
    if value is None or value.upper() not in ("7BIT", "8BITMIME"):
        raise Refused(replies.BAD_BODY)
    return value.upper()


def _auth(value: str | None) -> str:
    if value is None:
        raise Refused(replies.BAD_XTEXT)
    return "" if value == "<>" else decode_xtext(value)


def decode_xtext(text: str) -> str:
    """Undoes xtext: ``+3D`` is ``=`` (RFC 3461 §4). Raises `Refused` where it is none.

    >>> decode_xtext("e+3Dmc2@example.com")
    'e=mc2@example.com'
    """
    if not _XTEXT.fullmatch(text):
        raise Refused(replies.BAD_XTEXT)
    return re.sub(r"\+([0-9A-F]{2})", lambda hexchar: chr(int(hexchar[1], 16)), text)


def encode_xtext(text: str) -> str:
    """xtext of printable ASCII ``text`` (RFC 3461 §4).

    >>> encode_xtext("e=mc2@example.com")
    'e+3Dmc2@example.com'
    """
    return re.sub(r"[^!-*,-<>-~]", lambda odd: f"+{ord(odd[0]):02X}", text)
