"""``-Mvh``, ``-Mvb``, ``-Mvl``, ``-Mvc``: what the spool has of a letter.

    -Mvh   envelope and header, as the -H file has them     -Mvl   the letter's own log
    -Mvb   the body, as the -D file has it                  -Mvc   the letter as it will go on

Law: Exim specification, §5.3 (-Mv…), chapter 56 (the files).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labmail.mta.spool import MSGLOG, spoolfile

from ..said import Said
from .deeds import NO_DATA

if TYPE_CHECKING:
    from labmail.mta import Mta

MISSING = "No such file or directory"
ONE_AT_A_TIME = "*** Only one message can be listed at once\n"


async def shown(mta: Mta, what: str, message_id: str, more: Sequence[str]) -> Said:
    """The file that ``what`` names."""
    if more:
        return Said(1, out=ONE_AT_A_TIME)
    if what == "-Mvl":
        return _log(mta, message_id)
    if message_id not in mta.queue:
        if what == "-Mvc":
            mta.office.logs.main(f"Spool file {message_id}-D not found", message_id)
        return Said(1, out=_not_there(what, message_id))
    letter = mta.queue[message_id]
    if what == "-Mvh":
        return Said(out=spoolfile.write(letter.head).decode("latin-1"))
    body = letter.body
    if body is None:
        body = await mta.office.disk(mta.office.spool.body, message_id)
    head = f"{message_id}-D\n".encode()
    if what == "-Mvc":
        head = b"".join(each.raw for each in letter.fields) + b"\r\n"
    return Said(out=(head + body).replace(b"\r\n", b"\n").decode("latin-1"))


def _log(mta: Mta, message_id: str) -> Said:
    path = f"{MSGLOG}/{message_id}"
    try:
        return Said(out=mta.office.files.read_bytes(path).decode("latin-1"))
    except OSError as error:
        return Said(1, out=f"Failed to open msglog file for {message_id}: {error.strerror}\n")


def _not_there(what: str, message_id: str) -> str:
    if what == "-Mvc":
        return NO_DATA.format(message_id)
    kind = "H" if what == "-Mvh" else "D"
    return f"Failed to open input file for {message_id}-{kind}: {MISSING}\n"
