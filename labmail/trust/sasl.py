r"""SASL: how a login is said inside another protocol (RFC 4422), as pure functions.

A *mechanism* is a tiny dialogue of its own. Two are here, both of which hand over the password as
it is and therefore belong inside TLS:

* **PLAIN** (RFC 4616), one message: ``authzid NUL authcid NUL password``. The first name is whom to
  act as, and is nearly always empty; the second is who one is.
* **LOGIN** (never a standard, still everywhere): two questions, two answers, each in base64.

Base64 (RFC 4648 §4) is no secret: ``AGJvYgBzZWNyZXQ=`` is bob's password for everybody to read.

Try: ``decode_plain(decode_base64("AGJvYgBzZWNyZXQ="))``.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

USERNAME, PASSWORD = "Username:", "Password:"
"""The two questions of LOGIN, as clients expect them."""


class SaslError(ValueError):
    """What came is no base64, or not what the mechanism prescribes."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who says who they are. The password is kept out of ``repr``."""

    login: str
    password: str = field(repr=False)
    acting_as: str = ""
    """PLAIN's authzid: "" for oneself."""

    @property
    def for_oneself(self) -> bool:
        """False where somebody asks to act as somebody else, which nobody may here."""
        return self.acting_as in ("", self.login)


def decode_base64(text: str) -> bytes:
    """Strict base64 (RFC 4648 §4). Raises `SaslError` for anything else, line breaks included."""
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as problem:
        raise SaslError(f"no base64: {problem}") from None


def encode_base64(octets: bytes) -> str:
    """Base64 without line breaks.

    >>> encode_base64(b"Username:")
    'VXNlcm5hbWU6'
    """
    return base64.b64encode(octets).decode("ascii")


def decode_plain(message: bytes) -> Credentials:
    r"""The message of PLAIN (RFC 4616 §2). Raises `SaslError`.

    >>> decode_plain(b"\0bob\0secret").login
    'bob'
    """
    parts = message.split(b"\0")
    if len(parts) != 3:
        raise SaslError(f"PLAIN has two NULs, found {len(parts) - 1}")
    acting_as, login, password = map(_text, parts)
    if not login or not password:
        raise SaslError("PLAIN needs a login and a password")
    return Credentials(login, password, acting_as)


def encode_plain(credentials: Credentials) -> bytes:
    r"""The message of PLAIN.

    >>> encode_plain(Credentials("bob", "secret"))
    b'\x00bob\x00secret'
    """
    who = (credentials.acting_as, credentials.login, credentials.password)
    return "\0".join(who).encode("utf-8")


def decode_login(login: bytes, password: bytes) -> Credentials:
    """The two answers of LOGIN. Raises `SaslError`."""
    return Credentials(_text(login), _text(password))


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise SaslError("logins and passwords are UTF-8 (RFC 4616 §2)") from None
