"""At the door: how many may come, how the server speaks, and which extensions it offers.

Law: Exim specification, §14.9, §14.10, §14.17, §14.18; RFC 5321.
"""

from labmail.exim.options.field import (
    Options,
    boolean,
    expanded,
    expanded_time,
    fixed_point,
    host_list,
    integer,
    string_list,
    text,
    time,
)


class Smtp(Options):
    # The daemon
    daemon_smtp_ports = string_list("smtp", "Ports on which it listens.")
    daemon_smtp_port = string_list(
        "smtp", "An older name of daemon_smtp_ports.", alias=("daemon_smtp_ports",)
    )
    daemon_startup_retries = integer(9, "How often to try again when a port is taken.")
    daemon_startup_sleep = time(30, "How long to wait between.")
    local_interfaces = string_list("<; ::0 ; 0.0.0.0", "Addresses on which it listens.")
    extra_local_interfaces = string_list(None, "Addresses that are also this host.")
    notifier_socket = text("$spool_directory/exim_daemon_notify", "Where the daemon is told news.")
    pid_file_path = expanded("/run/exim4/exim.pid", "Where the daemon leaves its number.")
    tcp_nodelay = boolean(True, "Send small pieces at once.")
    smtp_connect_backlog = integer(20, "How many may wait to be let in.")
    smtp_backlog_monitor = integer(0, "Log when more than this many wait.")
    smtp_accept_keepalive = boolean(True, "Notice that a host has gone.")

    # How many
    smtp_accept_max = integer(20, "Conversations at a time; 0: any number.")
    smtp_accept_max_per_host = expanded(None, "Conversations at a time from one host.")
    smtp_accept_max_per_connection = expanded("1000", "Letters in one conversation.")
    smtp_accept_max_nonmail = integer(10, "Commands that bring no letter.")
    smtp_accept_max_nonmail_hosts = host_list("*", "To whom that applies.")
    smtp_accept_queue = integer(0, "Beyond this many conversations letters are only queued.")
    smtp_accept_queue_per_connection = integer(10, "Beyond this many letters they are only queued.")
    smtp_accept_reserve = integer(0, "Places kept free for smtp_reserve_hosts.")
    smtp_reserve_hosts = host_list(None, "Let in when others are not.")
    smtp_load_reserve = fixed_point("At a higher load only the reserve hosts are let in.")
    smtp_ratelimit_hosts = host_list(None, "Slow these down when they are too quick.")
    smtp_ratelimit_mail = text(None, "How: threshold, first delay, factor, longest; for MAIL.")
    smtp_ratelimit_rcpt = text(None, "The same for RCPT.")

    # The dialogue
    smtp_banner = expanded("$smtp_active_hostname ESMTP Exim $version_number $tod_full", "Hello.")
    smtp_active_hostname = expanded(None, "The name that the server gives itself.")
    smtp_receive_timeout = expanded_time(300, "How long to wait for a command or a line.")
    smtp_enforce_sync = boolean(True, "Whoever speaks before it is his turn is cut off.")
    smtp_max_synprot_errors = integer(3, "Mistakes of syntax or order, then the line is cut.")
    smtp_max_unknown_commands = integer(3, "Unknown commands, then the line is cut.")
    smtp_return_error_details = boolean(False, "Tell others why an address was refused.")
    smtp_check_spool_space = boolean(True, "Believe SIZE= and look whether there is room.")
    smtp_etrn_command = expanded(None, "What ETRN runs instead of a queue run.")
    smtp_etrn_serialize = boolean(True, "One ETRN of a kind at a time.")

    # Extensions
    accept_8bitmime = boolean(True, "Offer 8BITMIME.")
    auth_advertise_hosts = host_list("*", "Offer AUTH to these.")
    chunking_advertise_hosts = host_list("*", "Offer CHUNKING to these.")
    dsn_advertise_hosts = host_list(None, "Offer DSN to these.")
    pipelining_advertise_hosts = host_list("*", "Offer PIPELINING to these.")
    pipelining_connect_advertise_hosts = host_list("*", "Offer it from the first packet on.")
    prdr_enable = boolean(False, "Offer an answer for each recipient (PRDR).")
    smtputf8_advertise_hosts = host_list("*", "Offer SMTPUTF8 to these.")
