"""What every router can be told: when it is asked, and what happens with its answer.

A letter's address goes from router to router, in the order of the file. A router is *asked* only if
all its preconditions hold; then its driver accepts the address, declines it, or fails it.

    preconditions    domains, local_parts, senders, condition, require_files, check_local_user …
    the driver       accept, dnslookup, redirect …: a file beside this one each
    what then        transport, more, unseen, self, headers_add …

Law: Exim specification, chapter 15 (generic options for routers).

Try: ``Router.fields["domains"].meaning``.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from labmail.exim.config import Block, Configuration, DriverError
from labmail.exim.config.people import People
from labmail.exim.config.words import Words
from labmail.exim.options.field import (
    Field,
    Options,
    address_list,
    boolean,
    domain_list,
    expanded,
    expanded_group,
    expanded_user,
    flexible,
    host_list,
    local_part_list,
    string_list,
    text,
)
from labmail.exim.options.joining import all_conditions, as_lines, as_list, as_variables


class Self(Words):
    """`freeze`, `defer`, `send`, `pass`, `fail`, or `reroute:` and another domain.

    Of the last `-bP` shows the domain alone.
    """

    name = "string"

    def show(self, option: str, value: Any, people: People) -> str:
        return super().show(option, REROUTE.sub("", value), people)


SELF = Self()
REROUTE = re.compile(r"^reroute:\s*(?:rewrite:\s*)?")


class Router(Options):
    transport_wanted: ClassVar[bool | None] = None
    """Must it have a transport (True), must it not (False), or either (None)."""

    driver = text(None, "What kind of router this is.")

    # Preconditions
    domains = domain_list(None, "Only addresses in these domains.")
    local_parts = local_part_list(None, "Only these local parts.")
    local_part_prefix = string_list(None, "Taken off the local part before it is looked at.")
    local_part_prefix_optional = boolean(False, "Addresses without the prefix will do.")
    local_part_suffix = string_list(None, "Taken off the end of the local part.")
    local_part_suffix_optional = boolean(False, "Addresses without the suffix will do.")
    caseful_local_part = boolean(False, "Bob is not bob.")
    senders = address_list(None, "Only letters from these senders.")
    condition = expanded(None, "Only if this is true.", again=all_conditions)
    require_files = string_list(None, "Only if these files are there (or, with !, are not).")
    check_local_user = boolean(False, "Only if the local part is a user of this host.")
    verify_only = boolean(False, "Only when an address is verified, never for a delivery.")
    verify_sender = boolean(True, "Also when a sender is verified.")
    verify_recipient = boolean(True, "Also when a recipient is verified.")
    verify = boolean(
        True,
        "Sets verify_sender and verify_recipient together.",
        alias=("verify_sender", "verify_recipient"),
    )
    address_test = boolean(True, "Also when addresses are tested with -bt.")
    expn = boolean(True, "Also for EXPN.")

    # What happens then
    transport = expanded(None, "The transport that takes the letter.")
    address_data = expanded(None, "A text for later, in $address_data.")
    set = expanded(None, "Variables r_… for later.", again=as_variables)
    more = flexible(True, "When it declines, the next router is asked.")
    pass_router = text(None, "Which router is asked next when it passes.")
    pass_on_timeout = boolean(False, "When it cannot find out now, the next one is asked.")
    redirect_router = text(None, "Where the addresses that it makes start.")
    unseen = flexible(False, "Takes a copy; the address goes on to the next router.")
    self = Field(SELF, "freeze", "What to do if the way leads back to this host.")
    cannot_route_message = expanded(None, "The words for an address that no router takes.")
    fail_verify_sender = boolean(False, "A sender that it accepts is a bad one.")
    fail_verify_recipient = boolean(False, "A recipient that it accepts is a bad one.")
    fail_verify = boolean(
        False,
        "Sets fail_verify_sender and fail_verify_recipient together.",
        alias=("fail_verify_sender", "fail_verify_recipient"),
    )
    dsn_lasthop = boolean(False, "A delivery notice that was asked for is sent from here.")

    # What it hands on
    headers_add = expanded(None, "Header lines to add.", again=as_lines)
    headers_remove = expanded(None, "Names of header lines to take out.", again=as_list)
    errors_to = expanded(None, "Where bounces go, instead of to the sender.")
    user = expanded_user("As whom the delivery runs.")
    group = expanded_group("In which group it runs.")
    initgroups = boolean(False, "In all groups of that user.")
    router_home_directory = expanded(None, "$home while the router works.")
    transport_home_directory = expanded(None, "$home for the transport.")
    transport_current_directory = expanded(None, "The folder in which the delivery runs.")

    # Hosts
    ignore_target_hosts = host_list(None, "Addresses that a host cannot rightly have.")
    fallback_hosts = string_list(None, "Where to send it if all hosts fail for now.")
    dnssec_request_domains = domain_list("*", "For these, ask for signed answers.")
    dnssec_require_domains = domain_list(None, "For these, only signed answers count.")

    # For those who watch
    debug_print = expanded(None, "Printed in a test with -d.")
    disable_logging = boolean(False, "Say nothing in the log.")
    log_as_local = boolean(False, "Log the delivery as a local one.")
    retry_use_local_part = boolean(False, "Retry times are kept for the address, not the domain.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        """Do the settings agree? Raises `DriverError`. What follows from them goes to `derived`."""


def refuse(block: Block, message: str, help: str = "") -> DriverError:
    """The error for settings of a router that do not agree."""
    return DriverError(message, f"{block.name} router", help=help)
