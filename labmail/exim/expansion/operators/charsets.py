"""From one charset into another: what iconv does for Exim, done by Python's codecs.

The two do not always know a charset by the same names. A letter says ``ansi_x3.4-1968`` and means
ASCII; Python takes ``latin-1``, which is no name of any standard, and iconv does not.

Law: RFC 2978 and the names that IANA keeps; Exim specification, ``headers_charset``.

Try::

    >>> converted("caf\\xe9", "iso-8859-1", "UTF-8")
    'cafÃ©'
"""

from __future__ import annotations

from functools import lru_cache

from labmail.exim.errors import ExpansionFailed

CALLED_OTHERWISE = {
    "8859_1": "iso8859-1",
    "ansi_x3.4-1968": "ascii",
    "iso88591": "iso8859-1",
    "latin-9": "iso8859-15",
    "mac": "mac_roman",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "windows-936": "gbk",
}
"""Names that only iconv knows, and what Python calls these charsets."""

_PYTHON = """
    646 cp65001 hz hz-gb hz-gb-2312 idna iso-2022-jp-1 ksc5601 kz1048 latin-1 mac-roman macroman
    ptcp154 punycode raw_unicode_escape thai u8 undefined unicode-1-1-utf-7 unicode_escape
"""
NOT_THERE = frozenset(_PYTHON.split())
"""Names that only Python knows."""


def converted(text: str, charset: str, wanted: str) -> str:
    """Octets of one charset as octets of another one, from the first that cannot be read as is.

    Raises ExpansionFailed for a charset that nobody knows.
    """
    if not charset or not wanted or charset.lower() == wanted.lower():
        return text
    source, target = codec(charset), codec(wanted)
    if not source or not target:
        raise ExpansionFailed(
            f'iconv_open("{wanted}", "{charset}") failed: Invalid argument (maybe unsupported'
            " conversion)"
        )
    octets = text.encode("latin-1")
    try:
        readable, end = octets.decode(source), len(octets)
    except UnicodeDecodeError as failure:
        readable, end = octets[: failure.start].decode(source, "ignore"), failure.start
    try:
        answer = readable.encode(target)
    except UnicodeEncodeError as failure:
        answer = readable[: failure.start].encode(target)
        end = len(readable[: failure.start].encode(source))
    return answer.decode("latin-1") + text[end:]


@lru_cache(maxsize=64)
def codec(charset: str) -> str:
    """Python's name for a charset, or nothing where Exim's library has no charset of that name.

    >>> codec("Windows-31J"), codec("x-unknown")
    ('cp932', '')
    """
    import codecs

    name = charset.lower()
    if name in NOT_THERE or " " in name:
        return ""
    try:
        found = codecs.lookup(CALLED_OTHERWISE.get(name, name))
    except (LookupError, ValueError):
        return ""
    plain = found._is_text_encoding and found.name != "utf-8-sig"
    spelt_by_python = "_" in name.removeprefix("iso_").removeprefix("shift_")
    return found.name if plain and (name in CALLED_OTHERWISE or not spelt_by_python) else ""
