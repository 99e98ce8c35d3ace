"""Who this Exim is: its name, its user, where it keeps things, and whom it trusts.

A mail system signs with its name (`primary_hostname`), adds a domain to names that have none
(`qualify_domain`), and works under a user of its own. Whoever may give orders is an administrator;
whoever may say from whom a letter comes is trusted.

Law: Exim specification, §14.1 to §14.3.
"""

from labmail.exim.options.field import (
    Options,
    address_list,
    boolean,
    expanded,
    group,
    group_list,
    integer,
    string_list,
    text,
    user,
    user_list,
)


class Identity(Options):
    # Names
    primary_hostname = text(None, "The full name of this host; by default what the system says.")
    qualify_domain = text(None, "Added to a sender that is written without a domain.")
    qualify_recipient = text(None, "Added to a recipient without a domain.")
    localhost_number = expanded(None, "Tells hosts that share a spool apart, in message ids.")
    timezone = text("", "The time zone of logs and headers; empty: that of the system.")

    # Places
    exim_path = text("/usr/sbin/exim4", "The program, for starting itself again.")
    exim_version = text("4.96", "The version that $exim_version and the banner tell.")
    spool_directory = expanded("/var/spool/exim4", "Where letters wait.")
    split_spool_directory = boolean(False, "62 folders for the queue: large queues are faster.")
    spool_wireformat = boolean(False, "May keep a letter as it came over the wire.")

    # Its own user
    exim_user = user("The user as which Exim works when it need not be root.")
    exim_group = group("Its group.")
    never_users = user_list("No delivery ever runs as one of these.")
    deliver_drop_privilege = boolean(False, "Deliver as Exim's own user, never as root.")

    # Who may do what
    admin_groups = group_list("Members may see and change the queue.")
    trusted_users = user_list("They may name any sender for a letter.")
    trusted_groups = group_list("Their members may name any sender.")
    untrusted_set_sender = address_list(None, "Senders that everybody may name.")
    commandline_checks_require_admin = boolean(False, "Only administrators may test (-bt, -be …).")
    prod_requires_admin = boolean(True, "Only administrators may force deliveries (-M, -q).")
    queue_list_requires_admin = boolean(True, "Only administrators may list the whole queue (-bp).")

    # What surrounds it
    add_environment = string_list(None, "Variables added to the environment.")
    keep_environment = string_list(None, "Variables of the environment that are kept; others go.")
    bi_command = text(None, "The program that -bi runs (sendmail's newaliases).")
    debug_store = boolean(False, "Checks of Exim's own memory, for its developers.")
    disable_ipv6 = boolean(False, "No IPv6 anywhere.")
    mua_wrapper = boolean(False, "Deliver at once or refuse: for programs that need an answer.")
    print_topbitchars = boolean(False, "Octets above 127 may be printed as they are.")
    local_scan_path = text(None, "A library of local_scan(), where a build allows one.")

    # Local users
    finduser_retries = integer(0, "How often to ask again for a user that was not found.")
    max_username_length = integer(0, "Longer local parts cannot be users; 0: no limit.")
    gecos_name = expanded(None, "A user's full name, out of what gecos_pattern found.")
    gecos_pattern = text(None, "Takes the full name out of the user's comment field.")
    unknown_login = expanded(None, "Name to use when the caller's user has none.")
    unknown_username = text(None, "Full name to use with unknown_login.")
