"""pipe: to a program on this host, as its standard input.

Law: Exim specification, chapter 29.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration, Unplaced
from labmail.exim.options.field import (
    boolean,
    expanded,
    integer,
    octal,
    size,
    string_list,
    text,
    time,
)
from labmail.exim.options.transports.appendfile import FROM_LINE
from labmail.exim.options.transports.generic import Transport, needs_group


class Pipe(Transport):
    # What is run
    command = expanded(None, "The program and its arguments.")
    force_command = boolean(False, "This one, even if the address names another.")
    allow_commands = string_list(None, "Programs that may be run.")
    restrict_to_path = boolean(False, "Only programs from `path`, by name.")
    path = expanded("/bin:/usr/bin", "Where programs are looked for.")
    use_shell = boolean(False, "Through a shell: dangerous.")
    environment = expanded(None, "Variables added to its environment.")
    pipe_as_creator = boolean(False, "As the user who sent the letter.")
    permit_coredump = boolean(False, "If it crashes, it may leave a dump.")
    umask = octal(0o022, "Rights that its files do not give.")

    # How it went
    timeout = time(3600, "How long it may take.")
    timeout_defer = boolean(False, "If it takes longer, try again later.")
    temp_errors = string_list("75:73", "Exit codes that mean: later.")
    ignore_status = boolean(False, "Its exit code does not count.")
    freeze_exec_fail = boolean(False, "Freeze the letter if it cannot be run.")
    freeze_signal = boolean(False, "Freeze the letter if a signal ended it.")

    # What it prints
    return_output = boolean(False, "Whatever it prints goes back to the sender.")
    return_fail_output = boolean(False, "Only if it failed.")
    log_output = boolean(False, "Its first line is logged.")
    log_fail_output = boolean(False, "Only if it failed.")
    log_defer_output = boolean(False, "Only if it is to be tried later.")
    max_output = size(20 * 1024, "If it prints more it is ended.")

    # How the letter is written
    message_prefix = expanded(None, "Before it.")
    message_suffix = expanded(None, "After it.")
    check_string = text(None, "A line that begins so …")
    escape_string = text(None, "… gets this instead.")
    use_bsmtp = boolean(False, "As a batch of SMTP commands.")
    use_crlf = boolean(False, "Lines end in CR and LF.")
    batch_max = integer(1, "How many recipients one copy may have.")
    batch_id = expanded(None, "Only those with the same are put together.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        name = block.name
        if block["pipe_as_creator"] and (block["user"] is not None or block["group"] is not None):
            raise Unplaced(
                f"both pipe_as_creator and an explicit uid/gid are set for the {name} transport"
            )
        needs_group(block)
        codes = block["temp_errors"]
        if codes not in (None, "*") and codes.strip("0123456789: "):
            raise Unplaced(
                f"temp_errors must be a list of numbers or an asterisk for the {name} transport"
            )
        _not_both(block, "return_output", "return_fail_output")
        _not_both(block, "log_output", "log_fail_output", "the ")
        if block["use_bsmtp"]:
            block.values.update(check_string=".", escape_string="..")
        else:
            block.derived.update(message_prefix=FROM_LINE, message_suffix="\n")
        _not_both(block, "restrict_to_path", "use_shell")


def _not_both(block: Block, one: str, other: str, the: str = "") -> None:
    if block[one] and block[other]:
        raise Unplaced(f"both {one} and {other} set for {the}{block.name} transport")
