"""Names beyond ASCII, and what the DNS sees of them.

    bücher.example           U-labels: for people
    xn--bcher-kva.example    A-labels: for the DNS, and for mail systems without SMTPUTF8

A name is folded first (``BÜCHER``), then each label that is not ASCII is checked and
written in punycode. Local parts have no such rule; Exim simply uses punycode for them as well.

Law: RFC 3492 (punycode), RFC 5891 (IDNA 2008), UTS #46; Exim specification, §60.1.

Try::

    >>> utf8_domain_to_alabel("b\\xc3\\xbccher.example")
    'xn--bcher-kva.example'
"""

from __future__ import annotations

import re

from labmail.exim.config.split import split
from labmail.exim.errors import ExpansionFailed

from .operator import operator
from .quoting import printing

PREFIX = "xn--"
_LDH = re.compile(r"[A-Za-z0-9._-]*")
_LONGEST = 4096
"""Signs of a label that is read back: each may push all those behind it aside."""


@operator
def utf8_domain_to_alabel(text: str) -> str:
    """A domain for the DNS. ASCII passes unchanged."""
    if text.isascii():
        return text
    import idna

    try:
        # The library behind Exim folds the capital of ß as Unicode did before its version 15.1.
        folded = _unicode(text).replace("\u1e9e", "ss")
        folded = idna.uts46_remap(folded, std3_rules=False, transitional=False)
        labels = folded.split(".")
        if wrong := [why for why in map(_wrong_with, labels) if why]:
            raise UnicodeError(wrong[-1])
        name = ".".join(map(_a_label, labels))
    except idna.InvalidCodepoint:
        raise _to_failed(text, "string contains a disallowed character") from None
    except UnicodeError as why:
        raise _to_failed(text, str(why)) from None
    if len(name) > 255:
        raise _to_failed(text, "domain name longer than 255 characters")
    return name


@operator(fresh=True)
def utf8_domain_from_alabel(text: str) -> str:
    """A domain for people. Exim takes it apart as a list: blanks and a last dot are lost.

    >>> utf8_domain_from_alabel("xn--bcher-kva.example").encode("latin-1").decode()
    'bücher.example'
    """
    name = ""
    for item in split("<." + text):
        try:
            label = _decoded(item[4:]) if item.startswith(PREFIX) else item
        except UnicodeError as why:
            raise _from_failed(text, str(why)) from None
        name += ("." if name else "") + label.replace(".", "..")
    return name


@operator
def utf8_localpart_to_alabel(text: str) -> str:
    """A local part in ASCII.

    >>> utf8_localpart_to_alabel("b\\xc3\\xbccher")
    'xn--bcher-kva'
    """
    if text.isascii():
        return text
    try:
        return PREFIX + _unicode(text).encode("punycode").decode("ascii")
    except UnicodeError:
        raise _to_failed(text, "l_u2a: bad UTF-8 input") from None


@operator(fresh=True)
def utf8_localpart_from_alabel(text: str) -> str:
    """A local part out of ASCII.

    >>> utf8_localpart_from_alabel("xn--bcher-kva").encode("latin-1").decode()
    'bücher'
    """
    if not text.startswith(PREFIX):
        raise _from_failed(text, "bad alabel prefix")
    try:
        return _decoded(text[4:])
    except UnicodeError as why:
        raise _from_failed(text, str(why)) from None


def _unicode(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        raise UnicodeError("string encoding error") from None


def _wrong_with(label: str) -> str:
    """What RFC 5891 §4.2.3 and UTS #46 have against a label, or nothing."""
    import unicodedata

    import idna

    if label.startswith(PREFIX):
        return _wrong_with_punycode(label[4:])
    if label[2:4] == "--":
        return "string contains forbidden two hyphens pattern"
    if label.startswith("-") or label.endswith("-"):
        return "string start/ends with forbidden hyphen"
    if label.isascii():
        return ""
    if unicodedata.category(label[0]).startswith("M"):
        return "string contains a forbidden leading combining character"
    for place, character in enumerate(label):
        if _is(character, "CONTEXTJ") and not idna.valid_contextj(label, place):
            return "string contains a forbidden context-j character"
        if not (character.isascii() or _is(character, "PVALID", "CONTEXTO", "CONTEXTJ")):
            return "string contains a disallowed character"
    return ""


def _is(character: str, *kinds: str) -> bool:
    """Whether a character is of one of these kinds. RFC 5892."""
    from idna import idnadata
    from idna.intranges import intranges_contain

    classes = idnadata.codepoint_classes
    return any(intranges_contain(ord(character), classes[kind]) for kind in kinds)


def _wrong_with_punycode(label: str) -> str:
    try:
        decoded = _decoded(label).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return "string contains invalid punycode data"
    if decoded.isascii():
        return "string contains invalid punycode data"
    if not all(_is(one, "PVALID", "CONTEXTO", "CONTEXTJ") for one in decoded if not one.isascii()):
        return "domain label has character forbidden in non-transitional mode (TR46)"
    return ""


def _a_label(label: str) -> str:
    """One label for the DNS."""
    if label.isascii():
        if len(label) > 63:
            raise UnicodeError("domain label longer than 63 characters")
        return label
    import idna

    try:
        idna.check_bidi(label)
    except idna.IDNABidiError:
        raise UnicodeError("string has forbidden bi-directional properties") from None
    written = PREFIX + label.encode("punycode").decode("ascii")
    if len(written) > 63:
        raise UnicodeError("punycode encoded data will be too large")
    if not _LDH.fullmatch(written):
        raise UnicodeError("A-label roundtrip failed")
    return written


def _decoded(label: str) -> str:
    """Punycode read back, as UTF-8. RFC 3492 §6.2, and what Exim's library makes of other signs."""
    if len(label) > _LONGEST:
        raise UnicodeError("Invalid input")
    plain, hyphen, digits = label.rpartition("-")
    if hyphen and not plain:
        digits = label
    letters, code, at, bias, first = list(plain), 128, 0, 72, True
    places = iter(digits)
    for sign in places:
        before, weight, k = at, 1, 36
        while True:
            digit = _digit(sign)
            at += digit * weight
            threshold = min(max(k - bias, 1), 26)
            if digit < threshold:
                break
            weight, k = weight * (36 - threshold), k + 36
            sign = next(places, "")
        size = len(letters) + 1
        bias, first = _adapted(at - before, size, first), False
        code, at = code + at // size, at % size
        if code > 0x10FFFF or 0xD800 <= code <= 0xDBFF:
            raise UnicodeError("Invalid input")
        letters.insert(at, chr(code))
        at += 1
    return "".join(letters).encode("utf-8", "surrogatepass").decode("latin-1")


def _digit(sign: str) -> int:
    """a to z are 0 to 25, 0 to 9 are 26 to 35; what stands before 0 in ASCII counts down."""
    if sign.isascii() and sign.isalpha():
        return ord(sign.lower()) - ord("a")
    if sign and " " <= sign <= "9":
        return ord(sign) - ord("0") + 26
    raise UnicodeError("Invalid input")


def _adapted(delta: int, size: int, first: bool) -> int:
    """How the bias follows the distances. RFC 3492 §6.1."""
    delta = delta // 700 if first else delta // 2
    delta, k = delta + delta // size, 0
    while delta > 455:
        delta, k = delta // 35, k + 36
    return k + 36 * delta // (delta + 38)


def _to_failed(text: str, why: str) -> ExpansionFailed:
    return ExpansionFailed(f"error converting utf8 ({printing(text)}) to alabel: {why}")


def _from_failed(text: str, why: str) -> ExpansionFailed:
    return ExpansionFailed(f"error converting alabel ({printing(text)}) to utf8: {why}")
