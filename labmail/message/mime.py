"""The MIME tree: one letter, many parts. RFC 2046 §5.

A boundary is a line that occurs in no part. Text before the first and after the last is for readers
that do not know MIME, and is skipped::

    Content-Type: multipart/mixed; boundary=tear-here

    --tear-here                      a part begins
    Content-Type: text/plain

    Dear Bob, …
    --tear-here                      the next one
    Content-Type: image/png
    Content-Transfer-Encoding: base64

    iVBORw0KGgo…
    --tear-here--                    the last one has ended

The line end before a boundary belongs to the boundary, not to the part. The outer multipart is cut
first, so that a part whose own boundary is missing ends where its parent says.

A letter may be made to exhaust its reader: a thousand multiparts in one another, a million empty
parts. `tree` opens `MAX_DEPTH` levels and `MAX_PARTS` parts, and says where it stopped.

Try: ``python -m labmail.message``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .header import Header, split
from .parameters import Parameters, read_parameters
from .part import Part

MAX_DEPTH = 50
MAX_PARTS = 1000

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


def tree(content: bytes, *, max_depth: int = MAX_DEPTH, max_parts: int = MAX_PARTS) -> Part:
    """The tree of a whole message. Never raises: what is wrong stands in each part's `problems`."""
    return _Walker(content, max_depth, max_parts).message(0, len(content), "", 0)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a part says of itself."""

    type: str
    parameters: Parameters
    problems: tuple[str, ...]


def _kind(header: Header, default: str) -> _Kind:
    if "Content-Type" not in header:
        return _Kind(default, Parameters(default), ())
    parameters = read_parameters(header["Content-Type"])
    if _TYPE.fullmatch(parameters.value):
        return _Kind(parameters.value, parameters, parameters.problems)
    problem = f"Content-Type {parameters.value!r} is no type/subtype: read as text/plain"
    return _Kind("text/plain", parameters, (*parameters.problems, problem))


class _Walker:
    """Walks over one letter; counts the parts that it has opened."""

    def __init__(self, source: bytes, max_depth: int, max_parts: int) -> None:
        self.source = source
        self.max_depth = max_depth
        self.left = max_parts

    def message(
        self, start: int, end: int, path: str, depth: int, default: str = "text/plain"
    ) -> Part:
        """A header and a body between two places of the letter."""
        self.left -= 1
        header, _separator, body = split(self.source, start, end)
        kind = _kind(header, default)
        parts, problems = self.children(header, kind, (body, end), path, depth)
        return Part(
            source=self.source,
            path=path,
            header=header,
            start=body,
            end=end,
            type=kind.type,
            content_type=kind.parameters,
            parts=tuple(parts),
            problems=(*kind.problems, *problems),
        )

    def children(
        self, header: Header, kind: _Kind, span: tuple[int, int], path: str, depth: int
    ) -> tuple[list[Part], list[str]]:
        composite = kind.type.startswith("multipart/") or kind.type == "message/rfc822"
        if not composite:
            return [], []
        if depth >= self.max_depth:
            return [], [f"nested deeper than {self.max_depth} levels: not opened"]
        if kind.type == "message/rfc822":
            return self.enclosed(header, span, path, depth)
        return self.pieces(kind, span, path, depth)

    def enclosed(
        self, header: Header, span: tuple[int, int], path: str, depth: int
    ) -> tuple[list[Part], list[str]]:
        """A letter in a letter; its transfer encoding may only be 7bit or 8bit (§5.2.1)."""
        encoding = read_parameters(header.get("Content-Transfer-Encoding")).value or "7bit"
        if encoding not in ("7bit", "8bit", "binary"):
            return [], [f"message/rfc822 in {encoding}: not opened (RFC 2046 §5.2.1)"]
        return [self.message(*span, _below(path, 1), depth + 1)], []

    def pieces(
        self, kind: _Kind, span: tuple[int, int], path: str, depth: int
    ) -> tuple[list[Part], list[str]]:
        boundary = kind.parameters.get("boundary") or ""
        if not boundary:
            return [], [f"{kind.type} without a boundary: not opened (RFC 2046 §5.1)"]
        default = "message/rfc822" if kind.type == "multipart/digest" else "text/plain"
        mark = boundary.encode("utf-8", "replace")
        spans, closed = cut(self.source, mark, *span, most=self.left + 1)
        parts: list[Part] = []
        for number, piece in enumerate(spans, 1):
            if self.left <= 0:
                return parts, ["more parts than are opened: the rest is left out"]
            parts.append(self.message(*piece, _below(path, number), depth + 1, default))
        if not parts:
            return parts, [f"the boundary {boundary!r} does not occur: no part found"]
        return parts, [] if closed else [f"the closing boundary --{boundary}-- is missing"]


def _below(path: str, number: int) -> str:
    return f"{path}.{number}" if path else str(number)


Spans = list[tuple[int, int]]


def cut(
    source: bytes, boundary: bytes, start: int, end: int, *, most: int = MAX_PARTS
) -> tuple[Spans, bool]:
    """Where the parts between ``start`` and ``end`` lie, and whether the closing boundary came.

    Stops looking after ``most`` parts.
    """
    lines = delimiters(source, boundary, start, end)
    spans: Spans = []
    begin: int | None = None
    for line_start, line_end, closing in lines:
        if begin is not None:
            spans.append((begin, max(begin, _before(source, line_start, start))))
        if closing or len(spans) >= most:
            return spans, True
        begin = line_end
    if begin is not None:
        spans.append((begin, end))
    return spans, False


def delimiters(
    source: bytes, boundary: bytes, start: int, end: int
) -> Iterator[tuple[int, int, bool]]:
    """The boundary lines: where each begins, where the next line begins, whether it closes."""
    line = re.compile(rb"--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    mark = b"--" + boundary
    at = source.find(mark, start, end)
    while at != -1:
        begins = at == start or source[at - 1 : at] == b"\n"
        found = line.match(source, at, end) if begins else None
        if found is not None:
            yield at, found.end(), found[1] is not None
        at = source.find(mark, at + len(mark), end)


def _before(source: bytes, line_start: int, start: int) -> int:
    """The end of a part: before the line end that belongs to the boundary."""
    at = line_start
    if at > start and source[at - 1 : at] == b"\n":
        at -= 1
        if at > start and source[at - 1 : at] == b"\r":
            at -= 1
    return at
