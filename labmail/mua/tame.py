"""Taming HTML: what may reach the reader's frame of a page that a stranger wrote.

The frame itself (`reader`) has no scripts, no forms and no network, by the browser's own rules.
This is the second wall: only elements and attributes that shape text come through, written anew, so
that what the browser reads is what was meant here. No link can be clicked, nothing is prefetched;
where a link would have led is shown instead, since what it *says* and where it *leads* are two
things. Pictures come through if they lie in the letter itself (``cid:``, RFC 2392, or ``data:``).

Try::

    >>> tame('<p onclick="x()">Hi <script>x()</script><a href="http://evil.test/">bank</a>')
    '<p>Hi <span title="http://evil.test/">bank</span></p>'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape

_SHAPES = """
a abbr address b big blockquote br caption center cite code col colgroup dd del div dl dt em font
h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre q s small span strike strong sub sup table tbody td
tfoot th thead tr tt u ul
"""
_SILENT = "script style title template textarea select iframe object noscript svg math"
_BLOCKS = "blockquote br dd div dt h1 h2 h3 h4 h5 h6 hr li p pre table tr ul"
_ATTRIBUTES = """
align alt bgcolor border cellpadding cellspacing color colspan dir face height lang rowspan size
style title valign width
"""
SHAPES, BLOCKS = frozenset(_SHAPES.split()), frozenset(_BLOCKS.split())
SILENT = frozenset(_SILENT.split())
"""Elements that are left out with all that is in them."""
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
EMPTY = frozenset(("br", "col", "hr", "img"))
MOST_DEPTH = 100
LONGEST = 500_000
"""Characters of HTML that are read; more is cut."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)([^<>]{0,5000})>")
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_REFERENCE = re.compile(r"url\s*\(|expression|@import|\\", re.IGNORECASE)


def tame(html: str, picture: Callable[[str], str] = lambda cid: "") -> str:
    """The page as harmless HTML, every element closed. ``picture`` gives a ``data:`` address for a
    Content-ID, or ``""``."""
    out: list[str] = []
    opened: list[str] = []
    for kind, name, rest in _tokens(html[:LONGEST]):
        if kind == "text":
            out.append(escape(unescape(rest), quote=True))
        elif kind == "open" and (name in EMPTY or len(opened) < MOST_DEPTH):
            out.append(_open(name, rest, picture))
            if name not in EMPTY:
                opened.append(name)
        elif kind == "close" and name in opened:
            while (last := opened.pop()) != name:
                out.append(_close(last))
            out.append(_close(name))
    return "".join([*out, *(_close(name) for name in reversed(opened))])


def _tokens(html: str) -> Iterator[tuple[str, str, str]]:
    """Text, and the tags of `SHAPES`, in order; everything else is skipped."""
    at = 0
    while at < len(html):
        less = html.find("<", at)
        less = len(html) if less < 0 else less
        if less > at:
            yield "text", "", html[at:less]
        if html.startswith("<!", less) or html.startswith("<?", less):
            at = _after(html, "-->" if html.startswith("<!--", less) else ">", less)
            continue
        tag = _TAG.match(html, less)
        if tag is None:
            if less < len(html):
                yield "text", "", "<"
            at = less + 1
            continue
        name, at = tag[2].lower(), tag.end()
        if name in SILENT and not tag[1]:
            at = _after_silent(html, name, at)
        elif name in SHAPES:
            yield "close" if tag[1] else "open", name, tag[3]


def plain(html: str) -> str:
    """The text of a page for a reader without HTML.

    >>> plain("<p>Dear <b>Bob</b>,<p>lunch &amp; tea?")
    'Dear Bob,\\nlunch & tea?'
    """
    out: list[str] = []
    for kind, name, rest in _tokens(html[:LONGEST]):
        if kind == "text":
            out.append(" ".join(re.split(r"\s+", unescape(rest))))
        elif name in BLOCKS:
            out.append("\n")
    lines = (" ".join(line.split()) for line in "".join(out).split("\n"))
    return "\n".join(filter(None, lines))


def _after(html: str, mark: str, at: int) -> int:
    found = html.find(mark, at)
    return len(html) if found < 0 else found + len(mark)


def _after_silent(html: str, name: str, at: int) -> int:
    """Behind the closing tag; without one, as browsers do, nothing of the page is left."""
    closing = re.compile(rf"</{name}\b[^>]*>", re.IGNORECASE).search(html, at)
    return closing.end() if closing else len(html)


def _open(name: str, rest: str, picture: Callable[[str], str]) -> str:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(rest):
        found.setdefault(match[1].lower(), unescape((match[2] or "").strip("\"'")))
    kept = {
        key: value
        for key, value in found.items()
        if key in ATTRIBUTES and not (key == "style" and _REFERENCE.search(value))
    }
    if name == "a" and "href" in found:
        kept["title"] = found["href"]
    if name == "img":
        kept["src"] = _source(found.get("src", ""), picture)
    attributes = "".join(f' {key}="{escape(value, quote=True)}"' for key, value in kept.items())
    return f"<{_name(name)}{attributes}>"


def _source(address: str, picture: Callable[[str], str]) -> str:
    """Where a picture comes from: out of the letter, or from nowhere."""
    if address.lower().startswith("cid:"):
        address = picture(address[4:])
    return address if _PICTURE.fullmatch(address) else ""


def _close(name: str) -> str:
    return f"</{_name(name)}>"


def _name(name: str) -> str:
    """A link becomes a piece of text that shows its target when pointed at."""
    return "span" if name == "a" else name
