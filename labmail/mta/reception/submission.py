"""Submission: what the first host may still mend, before the letter goes out into the world.

On its way a letter is not touched. Only where its author hands it in may a server complete it: a
missing Date, a missing Message-ID, a missing From::

    MAIL FROM:<alice@example.com>            Subject: hi
                                             From: alice@example.com                  ┐
      Subject: hi                    ──▶     Message-Id: <E1vwz8C-000001-00@mail…>    │ added
                                             Date: Mon, 02 Mar 2026 09:00:00 +0000    ┘

Law: RFC 6409 §8 (message modifications), RFC 5322 §3.6 (Date and From must be there, once); Exim
specification, §48.1 (submission mode).

Try: ``complete((), id="1vwz8C-000001-00", hostname="mail.example.com", …)``.
"""

from __future__ import annotations

from collections.abc import Sequence

from labmail.message.dates import rfc5322_date
from labmail.message.field import Field

from ..header import own_field


def complete(
    fields: Sequence[Field], *, id: str, hostname: str, sender: str, when: float
) -> tuple[Field, ...]:
    """``fields``, and behind them whichever of From, Message-Id and Date is missing."""
    present = {field.name.lower() for field in fields}
    added: list[Field] = []
    if "from" not in present and sender:
        added.append(own_field("From", sender, utf8=True))
    if "message-id" not in present:
        added.append(own_field("Message-Id", f"<E{id}@{hostname}>"))
    if "date" not in present:
        added.append(own_field("Date", rfc5322_date(when)))
    return (*fields, *added)
