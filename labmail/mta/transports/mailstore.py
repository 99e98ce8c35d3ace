"""mailstore: two files for each letter, its envelope and the letter.

    1vwz8C-000001-00-1.env      alice@example.com        the sender
                                bob@ask.com              a recipient a line
    1vwz8C-000001-00-1.msg      Received: …

``mailstore_prefix`` and ``mailstore_suffix`` stand around the envelope. The letter comes first, so
that whoever finds an envelope finds the letter, too.

Law: Exim specification, §26.2 (mailstore_format).

Try: ``directory = /srv/letters`` with ``mailstore_format``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labmail.mda import folder
from labmail.message.outcome import Delivered, Outcome

from ..told import octets
from .folders import may_make, not_made

if TYPE_CHECKING:
    from .asking import Asked
    from .base import Assigned, Hands


async def envelope(asked: Asked, batch: Sequence[Assigned], sender: str) -> bytes:
    """The envelope of a letter for ``batch``."""
    names = [sender, *(each.recipient.address for each in batch)]
    lines = "".join(f"{octets(name)}\n" for name in names).encode("latin-1")
    prefix = await _line(asked, "mailstore_prefix")
    return prefix + lines + await _line(asked, "mailstore_suffix")


async def _line(asked: Asked, option: str) -> bytes:
    text = await asked.octets(option)
    return text if not text or text.endswith(b"\n") else text + b"\n"


async def put(asked: Asked, path: str, pair: tuple[bytes, bytes], hands: Hands) -> Outcome:
    """Writes an envelope and a letter into the folder ``path``."""
    name = f"{asked.context.variables['message_exim_id'].text}-{hands.next_number()}"
    make, mode, new = may_make(asked), asked["mode"], f"{name}.tmp"
    try:
        for end, content in zip((".msg", ".env"), reversed(pair), strict=True):
            draft = await hands.disk(folder.begin, hands.files, path, new, content, mode, make)
            await hands.disk(folder.finish, hands.files, draft, name + end)
    except OSError as error:
        return not_made(error, f"{path}/{new}")
    return Delivered(f"{path}/{name}", file=f"{path}/{name}.msg")
