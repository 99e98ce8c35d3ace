"""``text/plain; charset=utf-8``: a value and its parameters. RFC 2045 §5.1, RFC 2183, RFC 2231.

A parameter that is long or not ASCII is cut into numbered, percent-coded pieces (RFC 2231 §3, §4)::

    attachment; filename*0*=utf-8''Caf%C3%A9%20; filename*1="menu.pdf"
                        │ │       │└ percent-coded bytes of that charset
                        │ │       └ a language, mostly left out
                        │ └ this piece is percent-coded
                        └ the number of the piece

Many programs put encoded-words into ``filename="…"`` instead, against RFC 2047 §5; they are read,
never written. Reading never fails: what cannot be understood is named in `problems`.

Try::

    >>> read_parameters("attachment; filename*=utf-8''Caf%C3%A9.pdf").get("filename")
    'Café.pdf'
    >>> write_parameters("text/plain", charset="utf-8")
    'text/plain; charset=utf-8'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote as percent
from urllib.parse import unquote_to_bytes

from .charset import decode_charset
from .encoded import decode_words
from .lexical import TOKEN, Misread, Scanner, quote

_NAME = re.compile(r"([^*]+)(?:\*(0|[1-9][0-9]{0,3}))?(\*)?")
_MAIN = re.compile(r"[^;]*")
_LOOSE = re.compile(r"[^;\s]+")
_TO_NEXT = re.compile(r"[^;]*")
_PIECE = 60
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Parameters:
    """``value`` in lower case without comments; names of parameters in lower case."""

    value: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def get(self, name: str, default: str | None = None) -> str | None:
        return self.parameters.get(name, default)


def read_parameters(text: str) -> Parameters:
    """Reads the value of `Content-Type:` or `Content-Disposition:` as far as it can be read."""
    scanner = Scanner(text)
    pieces: dict[str, dict[tuple[int, bool], str]] = {}
    problems: list[str] = []
    value = _main(scanner, problems)
    for _ in range(_MOST):
        if not scanner.take(";"):
            break
        try:
            _parameter(scanner, pieces)
        except Misread as misread:
            problems.append(str(misread))
            scanner.match(_TO_NEXT)
    return Parameters(value, {name: _join(found) for name, found in pieces.items()}, (*problems,))


def _main(scanner: Scanner, problems: list[str]) -> str:
    try:
        scanner.skip()
        start = scanner.position
        while scanner.peek() not in ("", ";", "("):
            scanner.position += 1
        value = scanner.text[start : scanner.position]
        scanner.skip()
    except Misread as misread:
        problems.append(str(misread))
        value = ""
    scanner.match(_MAIN)
    return "".join(value.split()).lower()


def _parameter(scanner: Scanner, pieces: dict[str, dict[tuple[int, bool], str]]) -> None:
    scanner.skip()
    if scanner.peek() in ("", ";"):
        return  # a semicolon too many: seen everywhere, harmless
    name = scanner.match(TOKEN)
    match = _NAME.fullmatch((name or "").lower())
    if match is None:
        raise scanner.fail("the name of a parameter")
    scanner.skip()
    if not scanner.take("="):
        raise scanner.fail(f'"=" after {name}')
    scanner.skip()
    value = scanner.quoted_string()
    if value is None:
        value = scanner.match(TOKEN) or scanner.match(_LOOSE) or ""
    number = int(match[2]) if match[2] else 0 if match[3] else -1
    pieces.setdefault(match[1], {}).setdefault((number, match[3] is not None), value)
    scanner.skip()
    if scanner.peek() not in ("", ";"):
        raise scanner.fail('";" or the end')


def _join(found: dict[tuple[int, bool], str]) -> str:
    """Puts the pieces of one parameter together; pieces win over a plain value (RFC 2231 §4)."""
    numbered = dict(sorted((key[0], (key[1], text)) for key, text in found.items()))
    plain = numbered.pop(-1, None)
    if 0 not in numbered:
        return decode_words(plain[1] if plain else "")
    coded, first = numbered[0]
    charset, text = "utf-8", first
    if coded and first.count("'") >= 2:
        charset, _language, text = first.split("'", 2)
    data = bytearray(_bytes(coded, text))
    number = 1
    while number in numbered:
        data += _bytes(*numbered[number])
        number += 1
    decoded = decode_charset(bytes(data), charset or "us-ascii")
    return decoded if decoded is not None else data.decode("latin-1")


def _bytes(coded: bool, text: str) -> bytes:
    return unquote_to_bytes(text) if coded else text.encode("utf-8", "replace")


def write_parameters(value: str, **parameters: str) -> str:
    """Writes the value with its parameters, in the order given.

    >>> write_parameters("attachment", filename="Café.pdf")
    "attachment; filename*=utf-8''Caf%C3%A9.pdf"
    """
    written = [value]
    for name, text in parameters.items():
        written += _write(name, text)
    return "; ".join(written)


def _write(name: str, text: str) -> list[str]:
    if TOKEN.fullmatch(text) and len(text) <= _PIECE:
        return [f"{name}={text}"]
    if text.isascii() and text.isprintable() and len(text) <= _PIECE and "=?" not in text:
        return [f"{name}={quote(text)}"]
    coded = "utf-8''" + percent(text, safe="!#$&+-.^_`{|}~", encoding="utf-8", errors="replace")
    if len(coded) <= _PIECE:
        return [f"{name}*={coded}"]
    pieces = re.findall(rf"(?:%..|[^%]){{1,{_PIECE // 3}}}", coded)
    return [f"{name}*{number}*={piece}" for number, piece in enumerate(pieces)]
