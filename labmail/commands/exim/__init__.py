"""``labmail exim``: Exim's command line, for the part of Exim that is a language.

    words           the options, what each takes, and what labmail does with it
    arguments       from a command line to a request
    caller          who calls: streams, environment, files, clock
    opening         the configuration, and the context that strings are expanded in
    expansion_test  -be, -bem: each argument or each line
    address_test    -bt, -bv: each address, or each line
    retry_test      -brt: the rule for an address and a failure
    rewrite_test    -brw: what an address becomes at each place
    filter_test     -bf, -bF: what a filter makes of a message
    knowing         what strings know of the caller; environment: which variables they see
    letter          the message of -bem
    printing        -bP: options, lists, drivers, macros
    version         -bV
    debugging       -d: each step in our own words
    about           --help
    handing         -bm, -t, -bs, -bS: letters come in; -q, -R, -S: what waits is tried
    queue           -bp, -M…: what waits is listed, shown, and worked on; wish: what is asked of it
    rights          who may; accounts: as whom a command is run on a host
    standalone      the mail system that does this on this computer; said: who calls, what is said
    programs        what ${run} starts; names, databases: who answers for the DNS, and for SQL
    hosts           all this on a host of a lab

Nothing is loaded that a request does not need: ``labmail exim -be`` answers in the time that a
Python takes to start, and some. Real Exim is never started, here or anywhere.

    labmail exim -be '${uc:hello}'
    labmail exim -C my.conf -bP router_list
    labmail exim -be < many-lines

Law: Exim specification, chapter 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .caller import Caller, machine

if TYPE_CHECKING:
    from .arguments import Request
    from .opening import Opened

__all__ = ["Caller", "machine", "main", "run"]


MANY = 50_000
"""New objects before Python looks for circles among them. A process that answers one question has
gone by then, and need not tidy up first; one that answers many does."""


def main(arguments: Sequence[str]) -> int:
    """Runs for whoever sits at this machine; arguments as in ``sys.argv``. Gives the exit code."""
    import atexit
    import gc
    import os

    if arguments[:1] and arguments[0] in ("--town", "--host", "--root"):
        from .hosts import on_host

        return on_host(arguments, run)
    gc.set_threshold(MANY)
    atexit.register(gc.freeze)  # at its end Python looks for circles, too: a tenth of the whole
    caller = machine()
    try:
        code = run([os.fsencode(argument).decode("latin-1") for argument in arguments], caller)
        caller.stdout.flush()
    except KeyboardInterrupt:
        caller.complain("\n")
        return 130
    except BrokenPipeError:  # whoever read the answers has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    return code


def run(arguments: Sequence[str], caller: Caller) -> int:
    """Does what a command line says, for any caller; arguments are octets as latin-1."""
    from .arguments import Refused, read

    try:
        return _answer(read(arguments), caller)
    except Refused as refused:
        caller.complain(f"{refused.text}\n")
        return refused.code


def _answer(request: Request, caller: Caller) -> int:
    if request.help or not (request.action or request.version or request.later):
        return _about(request, caller)
    if request.later is not None:
        from .about import not_yet

        caller.complain(not_yet(request.later))
        return 1
    if request.version:
        from .version import tell_version

        tell_version(caller)
    from .opening import Unreadable, open_configuration

    try:
        opened = open_configuration(request, caller)
    except Unreadable as trouble:
        caller.complain(trouble.text)
        return 1
    return _act(opened)


def _act(opened: Opened) -> int:
    """What is to be done once the configuration has been read."""
    if opened.caller.host is not None:  # on this computer one is one's own administrator
        from .accounts import who_is
        from .rights import objection

        refused = objection(opened.request, who_is(opened.caller.machine), opened.configuration)
        if refused:
            opened.caller.complain(refused)
            return 1
    if opened.request.action == "expansion":
        from .expansion_test import test_expansions

        return test_expansions(opened)
    if opened.request.action in ("test", "verify", "verify sender"):
        from .address_test import test_addresses

        return test_addresses(opened)
    if opened.request.action == "filter":
        from .filter_test import test_filters

        return test_filters(opened)
    if opened.request.action == "retry":
        from .retry_test import test_retry

        return test_retry(opened)
    if opened.request.action == "rewrite":
        from .rewrite_test import test_rewriting

        return test_rewriting(opened)
    if opened.request.action == "options":
        from .printing import print_options

        return print_options(opened)
    if opened.request.action in ("submission", "dialogue", "batch", "queue run", "queue"):
        from .working import work

        return work(opened)
    opened.caller.say(f"Configuration file is {opened.configuration.path}\n")
    return 0


def _about(request: Request, caller: Caller) -> int:
    from .about import SHORT, help_text

    if request.help:
        caller.say(help_text())
        return 0
    caller.complain(SHORT)
    return 1
