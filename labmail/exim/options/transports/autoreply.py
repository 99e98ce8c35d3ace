"""autoreply: answers a letter with one of its own.

Law: Exim specification, chapter 27; RFC 3834.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration
from labmail.exim.options.field import address_list, boolean, expanded, integer, octal
from labmail.exim.options.transports.generic import Transport, needs_group


class AutoReply(Transport):
    to = expanded(None, "To whom.")
    cc = expanded(None, "Who gets a copy.")
    bcc = expanded(None, "Who gets one in secret.")
    from_ = expanded(None, "From whom.")
    reply_to = expanded(None, "Where an answer to the answer goes.")
    subject = expanded(None, "What it is about.")
    headers = expanded(None, "Other header lines.")
    text = expanded(None, "What it says.")
    file = expanded(None, "A file with more to say.")
    file_expand = boolean(False, "That file is expanded.")
    file_optional = boolean(False, "It may be missing.")
    return_message = boolean(False, "The letter goes back along with the answer.")
    never_mail = address_list(None, "These never get one.")
    once = expanded(None, "A file that remembers who has had an answer.")
    once_file_size = integer(0, "How large it may grow; then the oldest are forgotten.")
    once_repeat = expanded(None, "After how long the same person gets another.")
    log = expanded(None, "A file in which answers are noted.")
    mode = octal(0o600, "Its rights.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        needs_group(block)
