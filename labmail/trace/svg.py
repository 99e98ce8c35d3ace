"""Writing SVG: elements as functions, every text and attribute escaped.

>>> tag("text", "Lunch & <more>", x=3.0, cls="b")
'<text x="3" class="b">Lunch &amp; &lt;more&gt;</text>'
"""

from __future__ import annotations

from html import escape

from .words import printable


class Markup(str):
    """Text that is already SVG. Every other text is escaped when it is put into an element."""


def tag(name: str, *children: str, **attributes: object) -> Markup:
    """An element. ``cls`` stands for ``class``, ``_`` for ``-``; None leaves an attribute out."""
    pairs = (
        f' {"class" if key == "cls" else key.replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(child if isinstance(child, Markup) else text(child) for child in children)
    return Markup(
        f"<{name}{''.join(pairs)}>{inner}</{name}>" if inner else f"<{name}{''.join(pairs)}/>"
    )


def text(raw: str) -> Markup:
    """A text made safe: no markup, and no character that XML forbids."""
    return Markup(escape(printable(raw)))


def number(value: float) -> str:
    """A coordinate, no longer than it must be: ``12``, ``12.5``.

    >>> number(12.0), number(12.345678)
    ('12', '12.35')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _value(value: object) -> str:
    return number(value) if isinstance(value, int | float) else text(str(value))


def width(raw: str, size: float = 13, *, bold: bool = False) -> float:
    """About how wide a text is in a wide system font, in pixels: enough to keep things apart."""
    units = sum(_WIDTHS.get(char, 1.0 if ord(char) > 0x2E7F else 0.64) for char in raw)
    return units * size * (1.13 if bold else 1.0)


_WIDTHS = {
    **dict.fromkeys("iljI|.,:;'!\u2019", 0.31),
    **dict.fromkeys("ftr()[]- ·“”", 0.41),
    **dict.fromkeys("mwMW@…", 0.96),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ", 0.7),
    **dict.fromkeys("sczxkvya", 0.57),
}
