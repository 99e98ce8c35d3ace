"""Parameters: the words behind the path, by which extensions say more about a letter.

``MAIL FROM:<alice@example.com> SIZE=1463 BODY=8BITMIME AUTH=<>``. Each belongs to an extension that
the server listed in its answer to EHLO, and only those may be used (RFC 5321 §4.1.1.11):

=============  ========  =================================================================
SIZE=n         SIZE      how many octets the letter will have (RFC 1870): "too big" is said at once
BODY=…         8BITMIME  7BIT or 8BITMIME: may octets above 127 occur (RFC 6152)
AUTH=…         AUTH      who submitted it first, as far as the client knows (RFC 4954 §5)
SMTPUTF8       SMTPUTF8  addresses and header may be UTF-8 (RFC 6531 §3.4)
RET= ENVID=    DSN       what a report brings back, and what it is called (RFC 3461; `dsn`)
NOTIFY= ORCPT= DSN       of RCPT: when to report, and about whom
=============  ========  =================================================================

An unknown name is 555, a known one with a bad value 501.

Try: ``mail_parameters("SIZE=100 BODY=7BIT")``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from . import dsn, replies, xtext
from .replies import Reply

T = TypeVar("T")

OF_MAIL = {"SIZE": "", "BODY": "", "AUTH": "", "SMTPUTF8": "SMTPUTF8", "RET": "DSN", "ENVID": "DSN"}
OF_RCPT = {"NOTIFY": "DSN", "ORCPT": "DSN"}
"""The parameters, and the extension that must have been offered; "" where that does not matter."""
OPTIONAL = ("CHUNKING", "SMTPUTF8", "DSN")
"""Extensions that a server may leave out."""

_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\x00-\x20=\x7f]+))?")
_SIZE = re.compile(r"[0-9]{1,20}")


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
    utf8: bool = False
    ret: str = ""
    envid: str = ""


def read(text: str) -> dict[str, str | None]:
    """Names (in capitals) and values. Raises `Refused` where it is no list of parameters.

    >>> read("SIZE=100 body=8BITMIME")
    {'SIZE': '100', 'BODY': '8BITMIME'}
    """
    found: dict[str, str | None] = {}
    for word in filter(None, text.split(" ")):
        match = _PARAMETER.fullmatch(word)
        if not match:
            raise Refused(replies.BAD_PARAMETER)
        name = match[1].upper()
        if name in found:
            raise Refused(replies.repeated_parameter(name))
        found[name] = match[2]
    return found


def mail_parameters(text: str, offered: Collection[str] = OPTIONAL) -> MailParameters:
    """The parameters of MAIL, of which those of ``offered`` extensions are known. Or `Refused`."""
    given = read(text)
    _check_names(given, OF_MAIL, offered)
    return MailParameters(
        size=_size(given["SIZE"]) if "SIZE" in given else None,
        body=_body(given["BODY"]) if "BODY" in given else "7BIT",
        auth=_auth(given["AUTH"]) if "AUTH" in given else None,
        utf8=_flag("SMTPUTF8", given["SMTPUTF8"]) if "SMTPUTF8" in given else False,
        ret=_told(dsn.read_ret, given["RET"]) if "RET" in given else "",
        envid=_told(dsn.read_envid, given["ENVID"]) if "ENVID" in given else "",
    )


def recipient_parameters(
    text: str, offered: Collection[str] = OPTIONAL, *, utf8: bool = False
) -> dsn.Wish:
    """The parameters of RCPT; ``utf8``: MAIL had said SMTPUTF8. Or `Refused`.

    >>> recipient_parameters("NOTIFY=NEVER").notify
    ('NEVER',)
    """
    given = read(text)
    _check_names(given, OF_RCPT, offered)
    notify = _told(dsn.read_notify, given["NOTIFY"]) if "NOTIFY" in given else ()

    def read_orcpt(value: str | None) -> str:
        return dsn.read_orcpt(value, utf8=utf8)

    return dsn.Wish(notify, _told(read_orcpt, given["ORCPT"]) if "ORCPT" in given else "")


def wants_utf8(argument: str) -> bool:
    """Whether the words behind a path include SMTPUTF8, before anybody has read the path.

    >>> wants_utf8("FROM:<a@b.c> smtputf8 SIZE=1"), wants_utf8("FROM:<smtputf8@b.c>")
    (True, False)
    """
    return "SMTPUTF8" in argument.upper().split(" ")[1:]


def _check_names(given: Iterable[str], known: dict[str, str], offered: Collection[str]) -> None:
    for name in given:
        if name not in known or (known[name] and known[name] not in offered):
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
    try:
        return "" if value == "<>" else xtext.decode(value or "+")
    except ValueError:
        raise Refused(replies.BAD_XTEXT) from None


def _flag(name: str, value: str | None) -> bool:
    if value is not None:
        raise Refused(replies.bad_value(f"{name} takes no value"))
    return True


def _told(read_value: Callable[[str | None], T], value: str | None) -> T:
    try:
        return read_value(value)
    except ValueError as problem:
        raise Refused(replies.bad_value(str(problem))) from None
