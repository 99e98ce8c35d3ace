"""Variables of the way: the address that is routed, and what routers and transports found.

Law: Exim specification, §11.9.
"""

from __future__ import annotations

from collections.abc import Callable

from labmail.exim.text import Text

from ..context import Context

TABLE = """
    address_data
    address_file
    address_pipe
    callout_address
    domain
    domain_data
    event_data
    event_defer_errno         0
    event_name
    home
    host
    host_address
    host_data
    host_port                 0
    local_part
    local_part_data
    local_part_prefix
    local_part_prefix_v
    local_part_suffix
    local_part_suffix_v
    local_user_gid            4294967295
    local_user_uid            4294967295
    original_domain
    original_local_part
    parent_domain
    parent_local_part
    queue_name
    queue_size
    recipient_verify_failure
    router_name
    self_hostname
    sender_verify_failure
    srs_recipient
    thisaddress
    transport_name
    verify_mode
"""

COMPUTED: dict[str, Callable[[Context], Text]] = {}
