"""DSN: what a sender wants to be told about a letter, and how its envelope says so.

Without a word about it a sender hears of failures only. With this extension MAIL and RCPT say more,
and every host on the way keeps it and passes it on (RFC 3461)::

    MAIL FROM:<alice@example.com> RET=HDRS ENVID=QQ314159
    RCPT TO:<bob@ask.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@ask.com

==========  ==================================================================================
RET=        FULL or HDRS: does a report of failure bring back the letter, or its header only?
ENVID=      the sender's own name for this envelope; the report repeats it
NOTIFY=     NEVER, or any of SUCCESS, FAILURE, DELAY: when to report
ORCPT=      whom the sender meant at first, whatever aliases and lists have made of it since
==========  ==================================================================================

``ENVID`` and ``ORCPT`` are kept in xtext, as they were written: hosts pass them on unchanged.

Law: RFC 3461 §4, RFC 6533 §3 (``utf-8;`` addresses). Try: ``read_notify("SUCCESS,DELAY")``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import xtext

EVENTS = ("SUCCESS", "FAILURE", "DELAY")
NEVER = "NEVER"
MAX_ENVID, MAX_ORCPT = 100, 500
"""Octets (RFC 3461 §4.4 and §4.2)."""

_TYPE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")


@dataclass(frozen=True, slots=True)
class Wish:
    """What RCPT said: when to report about this recipient, and whom the sender meant at first."""

    notify: tuple[str, ...] = ()
    """``("NEVER",)``, or some of `EVENTS`; empty where nothing was said."""
    orcpt: str = ""
    """``rfc822;bob@ask.com``, its second half in xtext."""

    @property
    def failure(self) -> bool:
        """Whether a failure is to be reported: yes, if nothing else was said (§4.1)."""
        return not self.notify or "FAILURE" in self.notify

    @property
    def success(self) -> bool:
        return "SUCCESS" in self.notify

    @property
    def delay(self) -> bool:
        """Whether it is to be told that this takes long."""
        return "DELAY" in self.notify

    @property
    def original(self) -> str:
        """The first recipient in plain words, ``rfc822;bob@ask.com``; "" if nobody named one."""
        kind, _, address = self.orcpt.partition(";")
        if not self.orcpt:
            return ""
        return f"{kind};{xtext.decode(address) if address.isascii() else address}"

    def words(self) -> str:
        """The parameters of RCPT, each with a space in front.

        >>> Wish(("SUCCESS", "DELAY"), "rfc822;bob@ask.com").words()
        ' NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob@ask.com'
        """
        notify = f" NOTIFY={','.join(self.notify)}" if self.notify else ""
        return notify + (f" ORCPT={self.orcpt}" if self.orcpt else "")


NOTHING = Wish()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What an envelope says about reports: for the letter, and for each recipient's address."""

    ret: str = ""
    """``FULL``, ``HDRS`` or "" where nothing was said."""
    envid: str = ""
    """In xtext."""
    of: dict[str, Wish] = field(default_factory=dict)

    def words(self) -> str:
        """The parameters of MAIL, each with a space in front."""
        envid = f" ENVID={self.envid}" if self.envid else ""
        return (f" RET={self.ret}" if self.ret else "") + envid


def read_ret(value: str | None) -> str:
    """RET=. Raises ValueError, as the others here, with what should have stood there.

    >>> read_ret("hdrs")
    'HDRS'
    """
    if value is None or value.upper() not in ("FULL", "HDRS"):
        raise ValueError("RET= takes FULL or HDRS")
    return value.upper()


def read_envid(value: str | None) -> str:
    """ENVID=: at most 100 octets of xtext, which stand for printable ASCII (§4.4)."""
    try:
        decoded = xtext.decode(value or "")
    except ValueError:
        decoded = ""
    if not decoded or len(value or "") > MAX_ENVID or not _printable(decoded):
        raise ValueError(f"ENVID= takes at most {MAX_ENVID} octets of xtext, printable ASCII")
    return value or ""


def read_notify(value: str | None) -> tuple[str, ...]:
    """NOTIFY=: NEVER alone, or a list (§4.1). In the order of `EVENTS`.

    >>> read_notify("delay,SUCCESS")
    ('SUCCESS', 'DELAY')
    """
    said = (value or "").upper().split(",")
    if said == [NEVER]:
        return (NEVER,)
    if not set(said) <= set(EVENTS):
        raise ValueError("NOTIFY= takes NEVER, or a list of SUCCESS, FAILURE and DELAY")
    return tuple(each for each in EVENTS if each in said)


def read_orcpt(value: str | None, *, utf8: bool = False) -> str:
    """ORCPT=: a type of address, ``;``, the address in xtext (§4.2); as it is, if ``utf8``."""
    kind, semicolon, address = (value or "").partition(";")
    right = bool(_TYPE.fullmatch(kind) and semicolon and address)
    if right and not (utf8 and kind.lower() == "utf-8" and not address.isascii()):
        try:
            right = _printable(xtext.decode(address))
        except ValueError:
            right = False
    if not right or len((value or "").encode("utf-8", "surrogateescape")) > MAX_ORCPT:
        raise ValueError("ORCPT= takes a type, a semicolon and an address in xtext: rfc822;a@b.c")
    return value or ""


def _printable(text: str) -> bool:
    return text.isascii() and text.isprintable()
