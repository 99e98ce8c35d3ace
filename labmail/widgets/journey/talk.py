"""The pane Dialogue: what was said in a step, line by line, as it went over the wire.

A line is its speaker, its text and how it ended: ``CRLF``, a bare ``LF``, or nothing. The page
draws the line end as a tag, because the characters for it are missing in many fonts. Secrets were
masked when the event was told; here only their place is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labmail.trace import Said, Step, Story
from labmail.trace.words import printable

MOST = 400
"""Lines of one utterance that are shown; a letter may be longer than one wants to read."""


def talk(step: Step, story: Story) -> dict[str, Any] | None:
    """Who speaks, and the lines; None where nobody did."""
    if not step.said:
        return None
    lines = [line for said in step.said for line in _lines(said)]
    return {"who": _who(step.said[0], story), "lines": list(_with_notes(step.said, lines))}


def _who(said: Said, story: Story) -> str:
    """ "C is Alice, S is mail.example.com, port 587": a connection is named after its ends."""
    client, between, server = (said.connection or "").partition(">")
    if not between:
        peer = said.peer
        return printable(
            f"C is {said.host}, S is {story.actor(peer).called}" if peer else f"at {said.host}"
        )
    caller = story.actor(client.rpartition(":")[0].strip("[]")).called
    port = server.rpartition(":")[2]
    return printable(f"C is {caller}, S is {said.host}, port {port} ({said.protocol})")


def _lines(said: Said) -> Iterator[dict[str, Any]]:
    parts = said.text.split("\n")
    last = parts.pop()
    if last:
        parts.append(last)
    for number, part in enumerate(parts):
        if number == MOST:
            yield {"note": f"{len(parts) - MOST:,} more lines"}
            break
        ended = number < len(parts) - 1 or not last
        text = part.removesuffix("\r")
        end = "" if not ended else "CRLF" if part.endswith("\r") else "LF"
        yield {"who": said.speaker, "text": visible(text), "end": end} | (
            {"masked": True} if said.masked and "***" in text else {}
        )
    if said.elided:
        yield {"note": f"{said.elided:,} bytes are left out here"}


def visible(line: str) -> str:
    """A line's octets, given as latin-1, for the eye: UTF-8 where it is that, escapes elsewhere.

    >>> print(visible("Gr\\xc3\\xbc\\xc3\\x9fe"), visible("Gr\\xfc\\x00"))
    Grüße Gr\\xfc\\x00
    """
    octets = line.encode("latin-1", "backslashreplace")
    return printable(octets.decode("utf-8", "backslashreplace"))


def _with_notes(every: tuple[Said, ...], lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The lines, and a note where the connection goes into TLS (RFC 3207, RFC 2595)."""
    asked = False
    for line in lines:
        yield line
        text = line.get("text", "")
        if asked and line.get("who") == "S" and text.startswith(("220", "+OK")):
            yield {"note": "TLS from here on", "lock": True}
        asked = line.get("who") == "C" and text.strip().upper() in ("STARTTLS", "STLS")
