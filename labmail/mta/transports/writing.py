r"""How a copy is written for a file or a program: line ends, what stands around it.

    From alice@example.com Mon Mar 02 09:00:00 2026     message_prefix
    Subject: lunch                                      the header
                                                        lines end in LF; in CR LF with use_crlf
    >From here on it is a secret.                       check_string, escape_string: in the body
                                                        message_suffix

``use_bsmtp`` writes a dialogue instead, as a client would speak it, for somebody who takes letters
in batches; there a line that begins with a dot gets another, in the header, too.

A ``transport_filter`` sees the copy before all that: what it prints is the copy from then on.

Law: Exim specification, §26.2, §24 (transport_filter), §48.11 (batched SMTP).

Try: ``await written(asked, copy, batch, sender)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labmail.message.outcome import Deferred

from ..told import words
from .asking import GENERAL, Asked, Hindered
from .commandline import command_line
from .copies import Copy

if TYPE_CHECKING:
    from labmail.world import Ran

    from .base import Assigned, Hands

FILTER_FAILED = -24
"""Exim's number for a transport filter that did not do its work."""


async def written(asked: Asked, copy: Copy, batch: Sequence[Assigned], sender: str) -> bytes:
    """The octets for the file or the program."""
    top, body = (part.replace(b"\r\n", b"\n") for part in copy)
    prefix, suffix = await _around(asked, "prefix"), await _around(asked, "suffix")
    check, escape = asked["check_string"], asked["escape_string"]
    if check and escape is not None:
        if asked["use_bsmtp"]:
            top = escaped(top, check, escape)
        body = escaped(body, check, escape)
    if body and not body.endswith(b"\n"):
        body += b"\n"
    opening, closing = dialogue(batch, sender, asked) if asked["use_bsmtp"] else (b"", b"")
    if asked["use_crlf"]:  # what stands around the letter is written as it was set
        opening, top, body, closing = (
            part.replace(b"\n", b"\r\n") for part in (opening, top, body, closing)
        )
    return b"".join((prefix, opening, top, body, suffix, closing))


async def _around(asked: Asked, what: str) -> bytes:
    given = asked[f"message_{what}"]
    name = asked.block.name
    complaint = f'Expansion of "{given}" ({what} for {name} transport) failed'
    told = await asked.expanded(given or "", lambda said: complaint)
    return told.octets if told is not None else b""


def escaped(text: bytes, check: str, escape: str) -> bytes:
    r"""Each line that begins with ``check`` gets ``escape`` in its place.

    >>> escaped(b"From a\nb\nFrom c\n", "From ", ">From ")
    b'>From a\nb\n>From c\n'
    """
    begins, instead = check.encode("latin-1"), escape.encode("latin-1")
    whole = (b"\n" + text).replace(b"\n" + begins, b"\n" + instead)
    return whole[1:]


def dialogue(batch: Sequence[Assigned], sender: str, asked: Asked) -> tuple[bytes, bytes]:
    """What a client would say before the letter and after it."""
    from .base import written_address

    said = [f"MAIL FROM:<{sender}>"]
    said += [f"RCPT TO:<{written_address(each, asked)}>" for each in batch]
    lines = "".join(f"{line}\n" for line in (*said, "DATA"))
    return lines.encode("utf-8", "surrogateescape"), b".\n"


async def filtered(asked: Asked, copy: Copy, batch: Sequence[Assigned], hands: Hands) -> Copy:
    """The copy after the transport's filter, if it has one. Raises `Hindered`."""
    line = asked["transport_filter"]
    if not line:
        return copy
    argv = await command_line(asked, line, "transport filter", batch, errno=GENERAL)
    given = copy.whole.replace(b"\r\n", b"\n")
    ran = await hands.run(argv, given, patience=float(asked["transport_filter_timeout"]))
    if ran.status or ran.timed_out:
        raise Hindered(Deferred(words(_failure(ran, asked.where)), FILTER_FAILED, code="4.3.0"))
    top, blank, body = ran.output.replace(b"\r\n", b"\n").partition(b"\n\n")
    if top.startswith(b"\n") or not blank:
        top, blank, body = b"", b"", ran.output
    crlf = (part.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for part in (top + blank, body))
    return Copy(*crlf)


def _failure(ran: Ran, where: str) -> str:
    name = "transport filter" if where else "Transport filter"
    if ran.timed_out:
        return f"{name} process timeout{where}"
    problem = ": unable to execute command" if ran.problem else ""
    return f"{name} process failed ({ran.status}){where}{problem}"
