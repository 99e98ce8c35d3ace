"""Items that write a text so that somebody else understands it: a list, an IMAP server.

Law: Exim specification, §11.5: ``listquote``, ``imapfolder``.
"""

from __future__ import annotations

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import EMPTY, Text

from ..context import Context
from .item import item


@item(least=2, most=2, checked=True)
def listquote(context: Context, separator: Text, text: Text) -> Text:
    """A member of a list: separators in it are doubled, and nothing at all becomes a space."""
    if not text.text:
        return Text(" ", text.tainted)
    one = separator.text[:1]
    return Text(text.text.replace(one, one * 2) if one else text.text, text.tainted)


@item(least=1, most=3, checked=True)
def imapfolder(
    context: Context | None, name: Text, separator: Text | None, special: Text | None
) -> Text:
    """A folder's name as IMAP writes it (RFC 3501 §5.1.3): ``Köln`` is ``K&APY-ln``.

    The separator becomes a dot, several in a row one, and none is left at the end. Characters that
    are special to the store are written in the same way as those beyond ASCII.
    """
    apart = separator.text if separator is not None else "/"
    if len(apart) != 1:
        raise ExpansionFailed(f'IMAP folder separator must be one character, found "{apart}"')
    if context is None or not name.text:
        return EMPTY
    levels = _levels(_decoded(name), apart)
    return Text(_encoded(levels, apart, special.text if special else ""), name.tainted)


def _levels(name: str, separator: str) -> str:
    """The name with one separator between levels; one at the very beginning goes, two do not."""
    levels = [level for level in name.split(separator) if level]
    beginning = separator if levels and name.startswith(separator * 2) else ""
    return beginning + separator.join(levels)


def _decoded(name: Text) -> str:
    try:
        return name.octets.decode("utf-8")
    except UnicodeDecodeError as wrong:
        cut = wrong.end == len(name.text) and "unexpected end" in wrong.reason
        said = "Invalid argument" if cut else "Invalid or incomplete multibyte or wide character"
        raise ExpansionFailed(f"imapfolder: iconv() failed to convert from UTF-8: {said}") from None


def _encoded(name: str, separator: str, special: str) -> str:
    written, run = "", ""
    for character in name:
        if " " <= character <= "~" and character not in special:
            written += _run(run) + _plain(character, separator)
            run = ""
        else:
            run += character
    return written + _run(run)


def _plain(character: str, separator: str) -> str:
    if character == separator:
        return "."
    if character in "./":
        raise ExpansionFailed(f"imapfolder: illegal character '{character}'")
    return "&-" if character == "&" else character


def _run(characters: str) -> str:
    """Modified base64 of UTF-16."""
    from base64 import b64encode

    if not characters:
        return ""
    encoded = b64encode(characters.encode("utf-16-be")).decode("ascii").rstrip("=")
    return "&" + encoded.replace("/", ",") + "-"
