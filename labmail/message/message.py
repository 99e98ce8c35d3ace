"""A message: the header, an empty line, the body. RFC 5322 §2.1.

In transit it is bytes with CRLF line ends, and it stays the same bytes from the first host to the
last, but for the trace fields that each host puts on top. So `Message` wraps bytes and reads them
only when it is asked; nothing that it reads is ever written back. A change makes new bytes.

::

    content ─┬─ header ── fields, hops
             ├─ the empty line
             └─ body ──── tree of parts

Try::

    >>> letter = Message(b"From: alice@example.com\\r\\nSubject: Lunch\\r\\n\\r\\nFriday?\\r\\n")
    >>> letter.subject, letter.text, letter.replace(body=b"No.\\r\\n").size
    ('Lunch', 'Friday?\\n', 48)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .body import Body
from .header import Header, split
from .mime import MAX_DEPTH, MAX_PARTS, tree
from .part import Part
from .problem import Problem
from .received import Hops, hops
from .show import show_message
from .shown import Shown


@dataclass(frozen=True)
class Message:
    """A letter as it travels, without its envelope. Reads lazily; two are equal if their bytes are.

    >>> bytes(Message(b"what\\xffever")) == b"what\\xffever"
    True
    """

    content: bytes

    @cached_property
    def _split(self) -> tuple[Header, bytes, int]:
        return split(self.content)

    @property
    def header(self) -> Header:
        return self._split[0]

    @property
    def separator(self) -> bytes:
        """The empty line, ``b""`` where it is missing."""
        return self._split[1]

    @cached_property
    def body(self) -> Body:
        return Body(self.content[self._split[2] :])

    @property
    def size(self) -> int:
        """Octets, as `SIZE` counts them (RFC 1870 §3)."""
        return len(self.content)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the header, with lines and columns."""
        return self.header.problems

    def hops(self) -> Hops:
        """The road that the letter says it has come, oldest hop first."""
        return hops(self.header)

    def replace(self, *, header: Header | None = None, body: Body | bytes | None = None) -> Message:
        """A new message; what is None stays as it was. An empty line is put where it is missing."""
        new = bytes(self.header if header is None else header)
        if new and not new.endswith(b"\n"):
            new += b"\r\n"
        return Message(
            new + (self.separator or b"\r\n") + bytes(self.body if body is None else body)
        )

    # -- the parts of the body ----------------------------------------------------------------

    @cached_property
    def _tree(self) -> Part:
        return tree(self.content)

    def tree(self, *, max_depth: int = MAX_DEPTH, max_parts: int = MAX_PARTS) -> Part:
        """The MIME tree, opened to these limits."""
        if (max_depth, max_parts) == (MAX_DEPTH, MAX_PARTS):
            return self._tree
        return tree(self.content, max_depth=max_depth, max_parts=max_parts)

    def leaves(self) -> Iterator[Part]:
        """The parts without parts, in order; an enclosed letter counts as one."""
        waiting = [self._tree]
        while waiting:
            part = waiting.pop()
            if part.parts and part.type != "message/rfc822":
                waiting.extend(reversed(part.parts))
            else:
                yield part

    @property
    def subject(self) -> str:
        """The subject for people, ``""`` where there is none."""
        return self.header.text("Subject")

    @property
    def text(self) -> str:
        """What a text reader shows: the text/plain parts that are no attachments."""
        return "\n".join(self._readable("text/plain"))

    @property
    def html(self) -> str:
        """The text/html parts that are no attachments. Hostile: never show it unframed."""
        return "\n".join(self._readable("text/html"))

    def _readable(self, kind: str) -> Iterator[str]:
        return (part.text for part in self.leaves() if part.type == kind and not part.is_attachment)

    @property
    def attachments(self) -> tuple[Part, ...]:
        """The leaves that are meant to be saved."""
        return tuple(part for part in self.leaves() if part.is_attachment)

    def show(self) -> Shown:
        """For the notebook: header and body side by side."""
        return show_message(self)

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def __bytes__(self) -> bytes:
        return self.content

    def __str__(self) -> str:
        return str(self.show())

    def __repr__(self) -> str:
        return f"<Message {self.subject!r}, {self.size} octets>"
