"""What header lines say: ``$h_subject:``, and the variables that quote the letter.

    $h_to:     for reading: several lines joined, encoded words read, blanks at both ends removed
    $bh_to:    the same, each encoded word in its own charset
    $lh_to:    as a list: the lines as they came, with colons between them
    $rh_to:    the lines just as they came, newlines included

Lines of addresses are joined with a comma and a newline, others with a newline. A header that is
not there is the empty string.

Law: Exim specification, §11.5, "Header insertions"; RFC 2047 for encoded words.

Try::

    >>> from .message import Header, Message
    >>> letter = Message([Header("To: a@b\\n"), Header("To: c@d\\n")])
    >>> find(letter, "h", "to", Context()), find(letter, "lh", "to", Context()).text
    (Text(text='a@b,\\nc@d', tainted=True), ' a@b: c@d')
"""

from __future__ import annotations

from collections.abc import Iterable

from labmail.exim.text import Text

from .context import Context
from .message import ADDRESSES, Message

LONGEST = 65_536
"""How much of a header is inserted: the option ``header_maxsize`` bounds what is received."""

SPACE = " \t\n\r\v\f"


def find(message: Message | None, kind: str, name: str, context: Context) -> Text | None:
    """All header lines of one name, as h, bh, lh or rh; None where there is no such line."""
    if message is None:
        return None
    wanted = name.lower()
    values = [header.value for header in message.headers if header.name.lower() == wanted]
    if not values:
        return None
    between = ",\n" if wanted.removeprefix("resent-") in ADDRESSES else "\n"
    return Text(_shown(values, kind, between, context), True)


def variable(message: Message, name: str, context: Context) -> Text | None:
    """A variable that quotes the letter or counts in it; None where no such variable has this name.

    >>> letter = Message(body="one\\ntwo\\n", body_linecount=2)
    >>> variable(letter, "message_body", Context()).text
    'one two '
    """
    match name:
        case "message_headers" | "message_headers_raw":
            lines = [header.text for header in message.headers]
            return Text(_shown(lines, "rh" if name.endswith("raw") else "bh", "\n", context), True)
        case "message_body" | "message_body_end":
            visible = int(context.settings.get("message_body_visible") or 500)
            body = message.body[:visible] if name == "message_body" else message.body[-visible:]
            return Text(body.replace("\n", " ").replace("\0", " "), True)
        case "received_count":
            received = sum(header.kind == "received" for header in message.headers)
            return Text(str(received + 1))
        case "message_body_size":
            return Text(str(len(message.body)))
        case "message_size":
            return Text(str(message.size))
        case "message_linecount":
            return Text(str(message.linecount))
        case "body_linecount":
            return Text(str(message.body_linecount))
        case "body_zerocount":
            return Text(str(message.body_zerocount))
    return None


def reply_address(message: Message, context: Context) -> Text:
    """Where an answer goes: ``Reply-To:`` or else ``From:``, on one line."""
    for name in ("reply-to", "from"):
        if raw := find(message, "rh", name, context):
            line = _decoded(raw.text.strip(SPACE), _charset(context), context)
            return Text(line.replace("\n", " "), True)
    return Text("", True)


def _shown(values: Iterable[str], kind: str, between: str, context: Context) -> str:
    if kind == "rh":
        return _joined(values, "")
    if kind == "lh":
        return _joined((value.removesuffix("\n").replace(":", "::") for value in values), ":")
    trimmed = (value.strip(SPACE) for value in values)
    joined = _joined((value for value in trimmed if value), between)
    return _decoded(joined, "" if kind == "bh" else _charset(context), context)


def _joined(values: Iterable[str], between: str) -> str:
    """Put together, up to the length that Exim inserts."""
    parts: list[str] = []
    length = 0
    for value in values:
        part = (between if length else "") + value[: max(LONGEST - length, 0)]
        parts.append(part)
        length += len(part)
    return "".join(parts)


def _decoded(text: str, charset: str, context: Context) -> str:
    if "=?" not in text:
        return text
    from .operators.rfc2047 import any_length, decoded

    return decoded(text, charset, any_length=any_length(context), any_charset=True)


def _charset(context: Context) -> str:
    return context.setting("headers_charset") or "UTF-8"
