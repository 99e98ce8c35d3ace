"""Variables of the letter itself: from whom, to whom, how large, and what it says.

Law: Exim specification, §11.9.
"""

from __future__ import annotations

from collections.abc import Callable

from labmail.exim.text import EMPTY, Text

from ..context import Context

TABLE = """
    body_linecount              0
    body_zerocount              0
    bounce_recipient
    header_line_count           0
    headers_added
    inode                       0
    mailstore_basename
    max_received_linelength     0
    message_age                 0
    message_body
    message_body_end
    message_body_size           0
    message_exim_id
    message_headers
    message_headers_raw
    message_id
    message_linecount           0
    message_size                0
    message_smtputf8            no
    originator_gid              0
    originator_uid              0
    prdr_requested              no
    rcpt_count                  0
    rcpt_defer_count            0
    rcpt_fail_count             0
    received_count              0
    received_for
    received_protocol
    received_time               0
    recipients
    recipients_count            0
    return_path
    sender_address
    sender_address_data
    sender_data
    recipient_data
    warn_message_delay
    warn_message_recipient
    warn_message_recipients
    warnmsg_delay
    warnmsg_recipient
    warnmsg_recipients
"""

_FROM_MESSAGE = [
    "body_linecount",
    "body_zerocount",
    "message_body",
    "message_body_end",
    "message_body_size",
    "message_headers",
    "message_headers_raw",
    "message_linecount",
    "message_size",
    "received_count",
]


def _from_message(name: str) -> Callable[[Context], Text]:
    """The letter at hand knows it, unless the caller says otherwise."""
    default = Text("0") if name.endswith(("count", "size")) else EMPTY

    def value(context: Context) -> Text:
        if name in context.variables:
            return context.variables[name]
        if context.message is None:
            return default
        from ..headers import variable

        return variable(context.message, name, context) or default

    return value


def sender_address_domain(context: Context) -> Text:
    """What stands behind the last ``@`` of the sender's address."""
    address = context.variables.get("sender_address", EMPTY)
    return address.like(address.text.rpartition("@")[2] if "@" in address.text else "")


def sender_address_local_part(context: Context) -> Text:
    """What stands before it."""
    address = context.variables.get("sender_address", EMPTY)
    return address.like(address.text.rpartition("@")[0] if "@" in address.text else "")


def reply_address(context: Context) -> Text:
    """Where an answer goes: ``Reply-To:``, or ``From:``."""
    if context.message is None:
        return EMPTY
    from ..headers import find

    for name in ("reply-to", "from"):
        found = find(context.message, "h", name, context)
        if found is not None and found.text:
            return found
    return EMPTY


COMPUTED: dict[str, Callable[[Context], Text]] = {
    **{name: _from_message(name) for name in _FROM_MESSAGE},
    "sender_address_domain": sender_address_domain,
    "sender_address_local_part": sender_address_local_part,
    "reply_address": reply_address,
}
