"""On the way out: the queue, loads and limits, frozen letters, and the system's own filter.

Law: Exim specification, §14.5, §14.10, §14.20, §14.21.
"""

from labmail.exim.options.field import (
    Options,
    boolean,
    domain_list,
    expanded,
    fixed_point,
    group,
    integer,
    text,
    time,
    user,
)

DAY, WEEK = 86400, 604800


class Delivery(Options):
    # The queue
    queue_only = boolean(False, "Deliver nothing at once: wait for the queue runner.")
    queue_only_file = text(None, "The same, while this file is there.")
    queue_only_load = fixed_point("The same, at a higher load than this.")
    queue_only_load_latch = boolean(True, "Once so in a conversation, so to its end.")
    queue_only_override = boolean(True, "-odb and its kin may still ask for a delivery.")
    queue_domains = domain_list(None, "For these, wait for the queue runner.")
    queue_smtp_domains = domain_list(None, "For these, find the way at once and wait with sending.")
    hold_domains = domain_list(None, "For these, do not deliver until forced.")
    queue_run_in_order = boolean(False, "Oldest letter first.")
    queue_run_max = expanded("5", "Queue runners at a time.")
    queue_fast_ramp = boolean(False, "A queue run in two stages sends to many hosts at once.")
    deliver_queue_load_max = fixed_point("At a higher load a queue run stops.")
    remote_max_parallel = integer(2, "Hosts that one letter is sent to at the same time.")
    remote_sort_domains = domain_list(None, "Which come first.")
    retry_data_expire = time(WEEK, "After how long it is forgotten that a host failed.")
    retry_interval_max = time(DAY, "Never wait longer between two tries.")
    allow_mx_to_ip = boolean(False, "An MX record may hold an address (for broken domains).")

    # Frozen letters: set aside, until somebody looks
    auto_thaw = time(0, "After how long to try a frozen letter again; 0s: never.")
    timeout_frozen_after = time(0, "After how long to give one up; 0s: never.")
    ignore_bounce_errors_after = time(10 * WEEK, "After how long to drop a bounce that is stuck.")
    freeze_tell = text(None, "Who is told about frozen letters.")
    move_frozen_messages = boolean(False, "Move them to a folder of their own.")

    # A filter for every letter
    system_filter = expanded(None, "The file.")
    system_filter_user = user("As whom it runs.")
    system_filter_group = group("In which group.")
    system_filter_directory_transport = expanded(None, "The transport that saves into a folder.")
    system_filter_file_transport = expanded(None, "The transport that saves into a file.")
    system_filter_pipe_transport = expanded(None, "The transport that runs a program.")
    system_filter_reply_transport = expanded(None, "The transport that answers.")
