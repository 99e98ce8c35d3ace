"""What is written down: the logs, and the messages' own.

Law: Exim specification, §14.4, and chapter 53 (log files).
"""

from labmail.exim.options.field import (
    Options,
    boolean,
    expanded,
    host_list,
    integer,
    string_list,
    text,
)


class Logs(Options):
    log_file_path = string_list("/var/log/exim4/%slog", "Where logs go; %s: which.")
    log_selector = text(None, "Adds to (+) and takes from (-) what is logged.")
    log_timezone = boolean(False, "Each line tells its time zone.")
    write_rejectlog = boolean(True, "Refused letters are also told in a log of their own.")
    hosts_connection_nolog = host_list(None, "Connections from these are not logged.")
    slow_lookup_log = integer(0, "Log name queries that take longer than these milliseconds.")
    message_logs = boolean(True, "Each letter keeps a log of its own while it waits.")
    preserve_message_logs = boolean(False, "Keep a letter's log when it has gone.")
    process_log_path = text(None, "Where a process tells what it does, when exiwhat asks.")
    event_action = expanded(None, "Expanded at each event: logging of your own.")

    syslog_facility = text(None, "Under which heading syslog files it.")
    syslog_processname = text("exim", "The name that syslog shows.")
    syslog_pid = boolean(True, "Show the number of the process.")
    syslog_timestamp = boolean(True, "Show Exim's own time beside that of syslog.")
    syslog_duplication = boolean(True, "Send a line twice that belongs to two logs.")
