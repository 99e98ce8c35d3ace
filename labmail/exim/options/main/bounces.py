"""When it cannot be delivered: bounces, and warnings that it takes long.

Law: Exim specification, §14.22; RFC 3461 to 3464.
"""

from labmail.exim.options.field import (
    Options,
    boolean,
    expanded,
    size,
    string_list,
    text,
    time_list,
)

DAY = 86400

NOT_TO_LISTS = (
    "${if or {"
    "{ !eq{$h_list-id:$h_list-post:$h_list-subscribe:}{} }"
    "{ match{$h_precedence:}{(?i)bulk|list|junk} }"
    "{ match{$h_auto-submitted:}{(?i)auto-generated|auto-replied} }"
    "} {no}{yes}}"
)


class Bounces(Options):
    bounce_message_file = expanded(None, "Its texts, as a file.")
    bounce_message_text = text(None, "A text put into each bounce.")
    bounce_return_message = boolean(True, "The letter comes back with it.")
    bounce_return_body = boolean(True, "Its body as well.")
    bounce_return_size_limit = size(100 * 1024, "As far as it is no longer than this.")
    return_size_limit = size(
        100 * 1024,
        "An older name of bounce_return_size_limit.",
        alias=("bounce_return_size_limit",),
    )
    bounce_return_linesize_limit = size(998, "With a longer line, only the header comes back.")
    bounce_sender_authentication = text(None, "For whom a bounce says it is authenticated.")
    dsn_from = expanded(
        "Mail Delivery System <Mailer-Daemon@$qualify_domain>", "The From: of bounces."
    )
    errors_copy = string_list(None, "Who gets a copy of which bounces.")
    errors_reply_to = text(None, "A Reply-To: for bounces.")

    delay_warning = time_list([DAY], "After how long the sender is told that it takes long.")
    delay_warning_condition = expanded(NOT_TO_LISTS, "Whether she wants to know.")
    warn_message_file = expanded(None, "The text of the warning, as a file.")
