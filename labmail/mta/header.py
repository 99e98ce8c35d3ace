r"""The header in transit: fields are added at the top or the end, and nothing is written anew.

An MTA is a postman, not an editor. It cuts the header into its fields, as bytes, puts a
``Received:`` on top, takes off the three marks that only a final delivery may leave, and hands the
rest on exactly as it came::

    Received: from mail.example.com ([128.10.12.4])             ← added here
    Received: from games.example.com ([128.10.12.3])            ← added by the host before
    From: Alice <alice@example.com>                             ┐
    Subject: Lunch on Friday?                                   ┘ the author's
                                                                ← the blank line
    Noon, at the usual place?

Law: RFC 5322 §2.2 (fields, folding), RFC 5321 §4.4 (trace information); Exim specification,
chapter 14 under ``return_path_remove``, ``envelope_to_remove``, ``delivery_date_remove``.

Try: ``dissect(b"Subject: hi\r\n\r\nNoon?\r\n")``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from labmail.message.field import Field
from labmail.message.header import split

_BARE_LF = re.compile(rb"(?<!\r)\n")

DELIVERY_MARKS = frozenset({"return-path", "envelope-to", "delivery-date"})


def dissect(content: bytes) -> tuple[tuple[Field, ...], bytes]:
    r"""The fields of the header and the body of a letter.

    >>> dissect(b"To: a@b.test,\r\n c@d.test\r\n\r\nHello\r\n")[1]
    b'Hello\r\n'
    """
    header, _, start = split(content)
    return tuple(_whole(field) for field in header), content[start:]


def _whole(field: Field) -> Field:
    """The field with CR LF at the end of each of its lines, the last one included.

    Nothing else may end a line on the wire (RFC 5321 §2.3.8), so what came in another way leaves
    in this one. The body is not looked at.
    """
    raw = field.raw if field.raw.endswith(b"\n") else field.raw + b"\r\n"
    if raw.count(b"\n") == raw.count(b"\r\n"):
        return field if raw is field.raw else Field(raw, field.line)
    return Field(_BARE_LF.sub(b"\r\n", raw), field.line)


def join(fields: Iterable[Field], body: bytes) -> bytes:
    """The letter again: header, blank line, body."""
    return b"".join((*(field.raw for field in fields), b"\r\n", body))


def find(fields: Iterable[Field], name: str) -> str | None:
    """The unfolded value of the first field called ``name``, in any case; None if there is none."""
    return next((field.value for field in fields if field.name.lower() == name.lower()), None)


def without_delivery_marks(
    fields: Iterable[Field], marks: Collection[str] = DELIVERY_MARKS
) -> tuple[Field, ...]:
    """Takes off Return-path, Envelope-to and Delivery-date, which only the last host may add."""
    return tuple(field for field in fields if field.name.lower() not in marks)


def own_field(name: str, value: str, *, utf8: bool = False) -> Field:
    r"""A field of the MTA's own, folded where ``value`` says so; what is not ASCII becomes ``?``.

    Not so where ``utf8`` is: that is for addresses of letters that came with SMTPUTF8 (RFC 6532).

    A line end that no white space follows would begin another field, so it becomes a space.

    >>> own_field("Received", "by mail.ask.com\n\tid 1").raw
    b'Received: by mail.ask.com\r\n\tid 1\r\n'
    """
    safe = re.sub(r"\r|\n(?![ \t])", " ", value)
    text = f"{name}: {safe}".replace("\n", "\r\n")
    raw = text.encode("utf-8", "surrogateescape") if utf8 else text.encode("ascii", "replace")
    return Field(raw + b"\r\n")
