"""redirect: aliases and .forward files. The address becomes others, a file, a program, or nothing.

    data = ${lookup{$local_part}lsearch{/etc/aliases}}

Since a list may come from a user, what it may ask for can be forbidden, item by item.

Law: Exim specification, chapter 22.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration
from labmail.exim.options.field import boolean, expanded, group_list, octal, text, user_list
from labmail.exim.options.routers.generic import Router, refuse


class Redirect(Router):
    transport_wanted = False

    # Where the list is
    data = expanded(None, "The list itself.")
    file = expanded(None, "The file that holds it.")
    include_directory = text(None, "Files that it includes must lie here.")

    # Who may have written the file
    check_owner = boolean(False, "Its owner must be the user, or one of `owners`.")
    check_group = boolean(False, "Its group must be the user's, or one of `owngroups`.")
    owners = user_list("Who may own it.")
    owngroups = group_list("Which groups it may belong to.")
    modemask = octal(0o022, "Rights that it must not give.")
    ignore_eacces = boolean(False, "A file that may not be read is no file.")
    ignore_enotdir = boolean(False, "A path that cannot exist is no file.")

    # What its items turn into
    directory_transport = expanded(None, "Transport for items like /home/bob/Maildir/.")
    file_transport = expanded(None, "Transport for items like /home/bob/mbox.")
    pipe_transport = expanded(None, "Transport for items like |program.")
    reply_transport = expanded(None, "Transport for a filter's answers.")
    qualify_domain = expanded(None, "The domain for items that have none.")
    qualify_preserve_domain = boolean(False, "It is that of the address.")
    rewrite = boolean(True, "New addresses go through the rewriting rules.")
    repeat_use = boolean(True, "Asked again about an address that it made itself.")
    check_ancestor = boolean(False, "An address that was there before is left alone.")
    one_time = boolean(False, "The list is read once, not again at each try.")
    hide_child_in_errmsg = boolean(False, "A bounce does not tell the new address.")

    # Filters
    allow_filter = boolean(False, "The list may be a filter.")
    filter_prepend_home = boolean(True, "A relative file name in it is below the home.")
    sieve_enotify_mailto_owner = expanded(None, "The owner, for Sieve's notices.")
    sieve_subaddress = expanded(None, "What Sieve takes for :detail.")
    sieve_useraddress = expanded(None, "What Sieve takes for :user.")
    sieve_vacation_directory = expanded(None, "Where Sieve's vacation keeps its books.")

    # What may be asked for
    allow_defer = boolean(False, "The list may say :defer:.")
    allow_fail = boolean(False, "It may say :fail:.")
    allow_freeze = boolean(False, "A filter may freeze a letter.")
    forbid_blackhole = boolean(False, "It may not say :blackhole:.")
    forbid_exim_filter = boolean(False, "No Exim filters.")
    forbid_sieve_filter = boolean(False, "No Sieve filters.")
    forbid_file = boolean(False, "No files.")
    forbid_pipe = boolean(False, "No programs.")
    forbid_include = boolean(False, "No :include:.")
    forbid_smtp_code = boolean(False, "No SMTP codes of its own after :fail:.")
    forbid_filter_dlfunc = boolean(False, "No ${dlfunc} in a filter.")
    forbid_filter_existstest = boolean(False, "No looking for files in a filter.")
    forbid_filter_logwrite = boolean(False, "No logs of a filter's own.")
    forbid_filter_lookup = boolean(False, "No ${lookup} in a filter.")
    forbid_filter_perl = boolean(False, "No ${perl} in a filter.")
    forbid_filter_readfile = boolean(False, "No ${readfile} in a filter.")
    forbid_filter_readsocket = boolean(False, "No ${readsocket} in a filter.")
    forbid_filter_reply = boolean(False, "No answers by a filter.")
    forbid_filter_run = boolean(False, "No ${run} in a filter.")

    # When it is wrong
    skip_syntax_errors = boolean(False, "Leave out items that cannot be read.")
    syntax_errors_to = text(None, "Who is told about them.")
    syntax_errors_text = expanded(None, "What is said to them.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        if not block.set("file") and not block.set("data"):
            raise refuse(block, 'one of "file" or "data" must be specified')
        if block.set("file") and block.set("data"):
            raise refuse(block, 'only one of "file" or "data" must be specified')
        if block["one_time"]:
            _only_once(block)
        _owners(block)
        if block["qualify_domain"] is not None and block["qualify_preserve_domain"]:
            raise refuse(
                block, 'only one of "qualify_domain" or "qualify_preserve_domain" must be set'
            )
        if block["allow_filter"] and not block["check_local_user"] and block["user"] is None:
            raise refuse(block, '"user" or "check_local_user" must be set with "allow_filter"')


def _only_once(block: Block) -> None:
    """With `one_time` the new addresses replace the old: no more can be asked of them."""
    block.derived.update(forbid_pipe=True, forbid_file=True, forbid_filter_reply=True)
    if block["headers_add"] is not None or block["headers_remove"] is not None:
        raise refuse(block, '"headers_add" and "headers_remove" are not permitted with "one_time"')
    if block["unseen"]:
        raise refuse(block, '"unseen" may not be used with "one_time"')


def _owners(block: Block) -> None:
    """Whether owner and group are looked at, where that was not said."""
    user = block["check_local_user"]
    block.derived["check_owner"] = user or bool(block["owners"])
    block.derived["check_group"] = (user and not block["modemask"] & 0o020) or bool(
        block["owngroups"]
    )
