"""The letter of ``-bem``: a file that is taken for one that a local user has just handed in.

Its headers and its body are there for strings to ask for, and it has been completed as every
letter that is handed in: `labmail.exim.expansion.intake` does that.

Law: Exim specification, §5.3, -bem; chapter 47 (message processing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.expansion.intake import HEADER, Submitter, take
from labmail.exim.text import Text

from .arguments import Refused

if TYPE_CHECKING:
    from labmail.exim.expansion.message import Message

    from .opening import Opened


def open_letter(opened: Opened) -> None:
    """Reads the letter into the context. Raises `Refused` for a file that cannot be read."""
    context = opened.context
    path = opened.request.message or ""
    try:
        octets = context.files.read_bytes(path)
    except IsADirectoryError:
        octets = b""
    except OSError as error:
        raise Refused(f"exim: failed to open {path}: {error.strerror}") from None
    take_in(octets, opened)


def take_in(octets: bytes, opened: Opened) -> None:
    """The letter in some octets becomes that of the context."""
    request, caller, context = opened.request, opened.caller, opened.context
    own = context.variables
    message = take(
        octets,
        submitter(opened),
        context.settings,
        context.setting("primary_hostname") or caller.machine.name,
        caller.clock.now(),
        pid=caller.machine.pid,
        dot_ends=request.dot_ends,
        read_recipients=request.recipients_in_headers,
    )
    if message.sender != own["sender_address"].text:
        own["sender_address"] = Text(message.sender, tainted=True)
        caller.say('Sender taken from "From " line\n')
    if not has_headers(octets, from_line=bool(message.from_line)):
        caller.say("Warning: no message headers read\n")
    if message.from_line:  # its parts are still there: $1 is whom the line names
        context.numeric = tuple(Text(part, tainted=True) for part in message.from_line)
    context.message = message
    own.update(envelope(message))


def has_headers(octets: bytes, *, from_line: bool = True) -> bool:
    """Does it begin with a header line? Lines ``From bob …`` before it are passed where they are
    a mailbox's.

    >>> has_headers(b"From bob@ask.com Mon Jan  5 12:55:00 1997\\nTo: eve\\n")
    True
    >>> has_headers(b"Hello!\\n")
    False
    """
    text = octets.decode("latin-1")
    while from_line and text.startswith("From "):
        text = text.partition("\n")[2]
    return HEADER.match(text) is not None


def submitter(opened: Opened) -> Submitter:
    """Who hands it in: the caller, or whom ``-f`` names."""
    sender = opened.context.variables["sender_address"].text
    return Submitter(opened.caller.machine.full_name, sender, opened.request.sender is not None)


def envelope(message: Message) -> dict[str, Text]:
    """What is known of a letter that is not written in it."""
    return {
        "message_exim_id": Text(message.id),
        "message_id": Text(message.id),
        "received_time": Text(str(int(message.received_time))),
        "recipients": Text(", ".join(message.recipients), tainted=True),
        "recipients_count": Text(str(len(message.recipients))),
    }
