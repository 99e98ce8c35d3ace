"""appendfile: into a mailbox. One file for all letters (mbox), or a folder with a file for each.

Law: Exim specification, chapter 26.
"""

from __future__ import annotations

from typing import ClassVar

from labmail.exim.config import Block, Configuration, Unplaced
from labmail.exim.options.field import boolean, expanded, flexible, integer, octal, text, time
from labmail.exim.options.transports.generic import Transport, needs_group, refuse

FROM_LINE = "From ${if def:return_path{$return_path}{MAILER-DAEMON}} ${tod_bsdinbox}\n"
WARNING = (
    "To: $local_part@$domain\nSubject: Your mailbox\n\n"
    "This message is automatically created by mail delivery software (Exim).\n\n"
    "The size of your mailbox has exceeded a warning threshold that is\n"
    "set by the system administrator.\n"
)
LOCKS = ("use_lockfile", "use_fcntl_lock", "use_flock_lock", "use_mbx_lock")


class AppendFile(Transport):
    shown_twice: ClassVar[str] = "maildir_use_size_file"
    """-bP lists the text of this switch under a name of its own, too."""

    # Where
    file = expanded(None, "The mailbox file.")
    directory = expanded(None, "The folder of letters.")
    directory_file = expanded("q${base62:$tod_epoch}-$inode", "Name of a letter's file there.")
    create_directory = boolean(True, "Make the folder if it is missing.")
    create_file = text("anywhere", "Where files may be made: anywhere, belowhome, inhome.")
    directory_mode = octal(0o700, "Rights of a new folder.")
    mode = octal(0o600, "Rights of the file.")
    mode_fail_narrower = boolean(True, "Refuse a file with fewer rights than that.")
    file_must_exist = boolean(False, "Never make the file.")
    file_format = text(None, "Which transport to use for a file that begins so.")
    check_owner = boolean(True, "The file must be the user's.")
    check_group = boolean(False, "And of the group.")
    allow_symlink = boolean(False, "It may be a link.")
    allow_fifo = boolean(False, "It may be a pipe with a name.")

    # Formats
    maildir_format = boolean(False, "A Maildir.")
    maildir_retries = integer(10, "How often to try for a name that is free.")
    maildir_tag = expanded(None, "Put at the end of a letter's file name.")
    maildir_use_size_file = flexible(False, "Keep the mailbox's size in a file.")
    maildir_quota_directory_regex = text(r"^(?:cur|new|\..*)$", "Folders that count.")
    maildirfolder_create_regex = text(None, "Folders that get a file maildirfolder.")
    mailstore_format = boolean(False, "Envelope and letter in two files.")
    mailstore_prefix = expanded(None, "Written at the head of the envelope file.")
    mailstore_suffix = expanded(None, "Written at its end.")
    mbx_format = boolean(False, "The format of pine.")
    message_prefix = expanded(None, "Written before each letter (mbox: the `From ` line).")
    message_suffix = expanded(None, "Written after it.")
    check_string = text(None, "A line that begins so …")
    escape_string = text(None, "… gets this instead.")
    use_bsmtp = boolean(False, "As a batch of SMTP commands.")
    use_crlf = boolean(False, "Lines end in CR and LF.")
    batch_max = integer(1, "How many recipients one copy may have.")
    batch_id = expanded(None, "Only those with the same are put together.")

    # Locks
    use_fcntl_lock = boolean(True, "Lock with fcntl().")
    use_flock_lock = boolean(False, "Lock with flock().")
    use_lockfile = boolean(True, "Lock with a file FILE.lock.")
    use_mbx_lock = boolean(False, "Lock as pine does.")
    lock_retries = integer(10, "How often to try.")
    lock_interval = time(3, "How long to wait between.")
    lock_fcntl_timeout = time(0, "How long to wait for fcntl(); 0s: do not wait.")
    lock_flock_timeout = time(0, "How long to wait for flock().")
    lockfile_mode = octal(0o600, "Rights of the lock file.")
    lockfile_timeout = time(1800, "After how long a lock file is a forgotten one.")

    # How much
    quota = expanded(None, "How large the mailbox may grow.")
    quota_filecount = expanded(None, "How many letters it may hold.")
    quota_directory = expanded(None, "The folder that is measured.")
    quota_is_inclusive = boolean(True, "The new letter counts.")
    quota_size_regex = text(None, "Finds a letter's size in its file name.")
    quota_warn_threshold = expanded(None, "From here on the user is warned.")
    quota_warn_message = expanded(None, "What the warning says.")
    mailbox_size = expanded(None, "Its size, if somebody else knows it.")
    mailbox_filecount = expanded(None, "Its number of letters, if somebody else knows it.")
    notify_comsat = boolean(False, "Tell comsat, which tells the user.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        if block["lock_retries"] == 0:
            block.values["lock_retries"] = 1
        if block["file"] is not None and block["directory"] is not None:
            raise refuse(block, 'only one of "file" or "directory" can be specified')
        if block["file"] is not None:
            for name in ("quota_filecount", "quota_directory"):
                if block[name] is not None:
                    raise refuse(block, f'{name} must not be set without "directory"')
        _locks(block)
        if block["directory"] is not None:
            _folder(block)
        needs_group(block)
        _creation(block)
        if block["quota_warn_threshold"] is not None:
            block.derived["quota_warn_message"] = WARNING
        _format(block)


def _locks(block: Block) -> None:
    """Which locks are taken. mbx has its own, and then others only if they were asked for."""
    if block["use_flock_lock"]:
        block.derived["use_fcntl_lock"] = False
    if block["mbx_format"]:
        if not any(block.set(name) for name in LOCKS):
            block.derived.update(
                use_lockfile=False, use_flock_lock=False, use_fcntl_lock=True, use_mbx_lock=True
            )
        elif block["use_mbx_lock"]:
            block.derived.update(use_lockfile=False, use_fcntl_lock=False, use_flock_lock=False)
            if not block["use_fcntl_lock"] and not block["use_flock_lock"]:
                block.values["use_fcntl_lock"] = True
    if not any(block[name] for name in LOCKS):
        raise refuse(block, "no locking configured")
    for name in ("fcntl", "flock"):
        if not block[f"use_{name}_lock"]:
            block.values[f"lock_{name}_timeout"] = 0


def _folder(block: Block) -> None:
    if block["maildir_format"] and block["mailstore_format"]:
        raise refuse(block, "only one of maildir and mailstore may be specified")
    for name in ("quota_filecount", "quota_directory"):
        if block[name] is not None and block["quota"] is None:
            raise refuse(block, f"quota must be set if {name} is set")


def _creation(block: Block) -> None:
    where = block["create_file"]
    if where and where not in ("anywhere", "belowhome", "inhome"):
        raise Unplaced(
            f"invalid value given for \"create_file\" for the {block.name} transport: '{where}'"
        )


def _format(block: Block) -> None:
    """What stands between letters, where it was not said: that of mbox, if it is one file."""
    if block["use_bsmtp"]:
        block.values.update(check_string=".", escape_string="..")
    elif not (block["directory"] or block["maildir_format"] or block["mailstore_format"]):
        block.derived.update(
            message_prefix=FROM_LINE,
            message_suffix="\n",
            check_string="From ",
            escape_string=">From ",
        )
