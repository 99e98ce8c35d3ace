"""What every transport can be told: as whom it works, and what it does to a letter on its way out.

Law: Exim specification, chapter 24 (generic options for transports).

Try: ``Transport.fields["return_path_add"].meaning``.
"""

from __future__ import annotations

from typing import ClassVar

from labmail.exim.config import Block, Configuration, DriverError, Unplaced
from labmail.exim.options.field import (
    Field,
    Options,
    boolean,
    expanded,
    expanded_group,
    expanded_user,
    text,
    time,
)
from labmail.exim.options.joining import as_lines, as_list
from labmail.exim.options.rewrite import REWRITE_RULES


class Transport(Options):
    local: ClassVar[bool] = True
    """Does it deliver on this host, under a user's name?"""

    driver = text(None, "What kind of transport this is.")

    # As whom, and where
    user = expanded_user("As whom it runs.")
    group = expanded_group("In which group.")
    initgroups = boolean(False, "In all groups of that user.")
    home_directory = expanded(None, "$home, unless the router says otherwise.")
    current_directory = expanded(None, "The folder in which it runs.")

    # What is sent
    body_only = boolean(False, "The body without its header.")
    headers_only = boolean(False, "The header without its body.")
    headers_add = expanded(None, "Header lines to add.", again=as_lines)
    headers_remove = expanded(None, "Names of header lines to take out.", again=as_list)
    headers_rewrite = Field(REWRITE_RULES, None, "Rewriting rules for the header of this copy.")
    return_path = expanded(None, "Another sender for the envelope.")
    return_path_add = boolean(False, "Add Return-path:, which tells the sender.")
    envelope_to_add = boolean(False, "Add Envelope-to:, which tells the recipient.")
    delivery_date_add = boolean(False, "Add Delivery-date:.")
    transport_filter = expanded(None, "A program that the letter goes through.")
    transport_filter_timeout = time(300, "How long it may take.")
    message_size_limit = expanded(None, "Larger letters bounce.")

    # How
    rcpt_include_affixes = boolean(False, "Prefix and suffix of the local part go along.")
    max_parallel = expanded(None, "How many deliveries at a time.")
    retry_use_local_part = boolean(True, "Retry times are kept for the address, not the domain.")
    shadow_transport = text(None, "Another transport that gets a copy.")
    shadow_condition = expanded(None, "When it does.")

    # For those who watch
    debug_print = expanded(None, "Printed in a test with -d.")
    disable_logging = boolean(False, "Say nothing in the log.")
    event_action = expanded(None, "Expanded at each event.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        """Do the settings agree? Raises `DriverError` or `Unplaced`."""


def refuse(block: Block, message: str) -> DriverError:
    """The error for settings of a transport that do not agree."""
    return DriverError(message, f"{block.name} transport")


def needs_group(block: Block) -> None:
    """A user by number brings no group along."""
    if isinstance(block["user"], int) and block["group"] is None:
        raise Unplaced(f"user set without group for the {block.name} transport")
