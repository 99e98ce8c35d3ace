r"""How a value is written down: in small letters, with single blanks, its list in one spelling.

Lists of answers may be written with semicolons or with colons. Exim itself knows colons, or
anything else that the list announces, so a semicolon becomes an announcement:

    192.0.2.0/24;2001:db8::/32      →   <; 192.0.2.0/24;2001:db8::/32
    192.0.2.0/24 : 198.51.100.7     →   as it is

Law: update-exim4.conf(8), "Configuration variables". A character in front of a closing bracket that
stands in no host name becomes an underscore, together with the bracket: what was meant to keep
values clean does no more than that, and a file equal to Debian's needs it.

Try: ``announced("a;b")``.
"""

from __future__ import annotations

import re

_STRANGE = re.compile(r"[^-0-9A-Za-z/.!*@_~:;< \\\[]\]")


def words(value: str) -> list[str]:
    """The words of a value, as a shell divides it."""
    return [word for word in re.split("[ \t\n]+", value) if word]


def small(value: str) -> str:
    """In small letters (ASCII), with single blanks between words and none around.

    >>> small("  Mail.Example.COM ;  b ")
    'mail.example.com ; b'
    """
    return re.sub("[A-Z]", lambda found: found[0].lower(), " ".join(words(value)))


def clean(value: str) -> str:
    """A value as it goes into a macro."""
    return _octets(" ".join(words(_STRANGE.sub("_", small(_letters(value))))))


def announced(value: str) -> str:
    """A list whose separator is a semicolon says so at its beginning.

    >>> announced("a ; b"), announced("a : b"), announced("<+ a;b")
    ('<; a ; b', 'a : b', '<+ a;b')
    """
    if ";" in value and not value.lstrip(" \t\n").startswith("<"):
        return f"<; {value}"
    return value


def with_colons(value: str) -> str:
    """A list with colons, whatever it was written with."""
    return value.replace(";", ":")


def first_word(text: str) -> str:
    """The name in ``/etc/mailname``: the first of its first line."""
    line = _letters(text.split("\n", 1)[0])
    return clean(_octets(re.sub(r"((?:[^\W_]|[-@.])+).*", r"\1", line, count=1)))


def _letters(text: str) -> str:
    """Octets as letters: whoever writes é means one letter, and it is UTF-8."""
    return text.encode("latin-1").decode("utf-8", "surrogateescape")


def _octets(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")
