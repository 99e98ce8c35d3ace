"""The configuration as one clean file: `-bP config`.

Included files are in place, macros spliced in, comments gone, and everything is indented alike.

    begin routers

      system_aliases:
        driver = redirect

Law: Exim specification, §5.2 (-bP config).

Try: ``list(laid_out(["begin acl", "check:", "accept"]))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

NUMBER = "4.96"
"""The version of Exim whose answers these are."""

BLANKS = re.compile(r"[ \t\n\v\f\r]+")
CAREFUL = "\"'$"
"""From one of these on, blanks may be meant as they are."""


def laid_out(lines: Iterable[str], *, bare: bool = False, admin: bool = True) -> Iterator[str]:
    """The lines as they are printed. ``bare``: without indentation and empty lines."""
    yield f"# Exim Configuration ({NUMBER})"
    step = 0 if bare else 2
    indent = 0
    for line in lines:
        text = _squeezed(line)
        if not text:
            continue
        if text.startswith("#"):
            yield text
        elif re.match(r"begin\s", text):
            yield from _begins(text, bare)
            indent = step
        elif text.endswith(":") and "=" not in text:
            yield from _begins(" " * step + text, bare)
            indent = 2 * step
        else:
            yield " " * indent + (text if admin else _covered(text))


def _begins(line: str, bare: bool) -> Iterator[str]:
    if not bare:
        yield ""
    yield line


def _squeezed(line: str) -> str:
    """One blank for many, up to where somebody may have meant them.

    After a run of blanks Exim looks as many characters too far ahead as it has just taken out, so
    that it sees a quote after one blank, and not after three. Whoever compares will see the same.
    """
    text = line.lstrip(" \t\n\v\f\r")
    parts, at = [], 0
    for found in BLANKS.finditer(text):
        parts += [text[at : found.start()], " "]
        at = found.end()
        seen = at + len(found.group()) - 1
        if text[seen : seen + 1] and text[seen] in CAREFUL:
            break
    return "".join([*parts, text[at:]])


def _covered(text: str) -> str:
    """Macros and hidden options, for callers who may not see them."""
    secret = "<value not displayable>"
    if not (text[:1].isupper() or re.match(r"hide\s", text)):
        return text
    name, equals, _ = text.partition("=")
    return f"{name}= {secret}" if equals else secret
