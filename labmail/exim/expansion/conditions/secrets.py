r"""Conditions about secrets: is it the password, is it an address that we made?

    crypteq{word}{\{md5\}5d41…}     the braces name how it was enciphered; none: the system's way
    inbound_srs{local part}{secret} an address made by ``${srs_encode…}``; sets $srs_recipient

Law: Exim specification, §11.7: ``crypteq``; §58.2: ``inbound_srs``.
"""

from __future__ import annotations

import re

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text

from ..context import Context
from .condition import condition

_DIGEST_SIZE = {"md5": 16, "sha1": 20}


@condition(arguments=2)
def crypteq(context: Context, word: Text, kept: Text) -> bool:
    """The word is the one that was encrypted, in the way that the kept text names."""
    for name in _DIGEST_SIZE:
        mark = f"{{{name}}}"
        if kept.text[: len(mark)].lower() == mark:
            return _digest(name, word.text, kept.text[len(mark) :])
    encrypted = kept.text
    for mark in ("{crypt}", "{crypt16}"):
        if encrypted.lower().startswith(mark):
            return _crypt(word.text, encrypted[len(mark) :])
    if encrypted.startswith("{"):
        raise ExpansionFailed(f'unknown encryption mechanism in "{encrypted}"')
    return _crypt(word.text, encrypted)


def _digest(name: str, word: str, kept: str) -> bool:
    """Written in base64 or in hexadecimal digits: the length tells which."""
    from base64 import b64encode
    from hashlib import new

    made = new(name, word.encode("latin-1")).digest()
    size = _DIGEST_SIZE[name]
    if len(kept) == 2 * size:
        return made.hex() == kept.lower()
    return b64encode(made).decode("ascii") == kept


def _crypt(word: str, kept: str) -> bool:
    """The system's way, where Python still knows it."""
    if not kept:
        return False
    try:
        from warnings import catch_warnings, simplefilter

        with catch_warnings():
            simplefilter("ignore")
            from crypt import crypt
        return crypt(word, kept) == kept
    except (ImportError, OSError, ValueError):
        return False


_SRS = re.compile(r"SRS0=([^=]+)=([a-z2-7]{2})=([^=]*)=(.*)", re.I | re.S)
_TEN_DAYS = 10
_FEW = "too few arguments or bracketing error for inbound_srs"


@condition(arguments=2, few=_FEW)
def inbound_srs(context: Context, local_part: Text, secret: Text) -> bool:
    """Lately ``srs_encode`` made the local part with this secret: $srs_recipient is whose it is."""
    from ..items.secrets import BASE_32, checksum, today
    from ..operators.quoting import quote_local_part

    found = _SRS.fullmatch(local_part.text)
    if found is None:
        return False
    mark, stamp, domain, original = found.groups()
    if quote_local_part(local_part.text) != local_part.text:
        original = f'"{original}"'
    recipient = f"{original}@{domain}".lower()
    if secret.text:
        first, second = (BASE_32.index(letter) for letter in stamp.lower())
        age = (today(context) - (first << 5 | second)) & 0x3FF
        if age > _TEN_DAYS or checksum("md5", secret.text, recipient)[:4] != mark:
            return False
    context.variables["srs_recipient"] = Text(recipient, local_part.tainted)
    return True
