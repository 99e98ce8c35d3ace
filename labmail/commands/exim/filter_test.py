"""``-bf`` and ``-bF``: what a filter would make of the message that comes in.

The message is read from standard input. A person is made up for it: the caller, or whom ``-bfl``
and ``-bfd`` name, with ``-bfp`` before and ``-bfs`` behind the local part. Nothing is delivered;
each deed is a line. ``-bF`` tries a system filter; with both, the system filter comes first, and
what it leaves ($sn0 to $sn9, header lines) is there for the other.

A file that does not begin as a filter does is read as a list of addresses.

Law: Exim specification, §5.3, -bf, -bF; "Exim's interfaces to mail filtering", §1.3.

Try: ``labmail exim -bf ~/.forward < message``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labmail.exim.drive import drive
from labmail.exim.errors import EximError
from labmail.exim.expansion.addresses import BadAddress, extract
from labmail.exim.filters import TESTED, TESTED_SYSTEM, Letter, Outcome, kind, run_filter
from labmail.exim.filters.changing import changed
from labmail.exim.filters.deeds import Count, Headers
from labmail.exim.filters.outcome import Answer
from labmail.exim.regex import Panic
from labmail.exim.text import Text

from .arguments import Refused

if TYPE_CHECKING:
    from .opening import Opened

KINDS = {"exim": "Exim filter", "sieve": "Sieve filter", "": "forward file"}


def test_filters(opened: Opened) -> int:
    """Everything that was asked; gives the exit code."""
    from .letter import take_in

    request, caller = opened.request, opened.caller
    texts = {path: _read(path, opened) for path in (request.user_filter, request.system_filter)}
    octets = caller.stdin.read()
    take_in(octets, opened)
    opened.context.message.linecount -= opened.context.message.body_linecount
    _return_path(octets, opened)
    _address(opened)
    try:
        for path, system in ((request.system_filter, True), (request.user_filter, False)):
            if path is not None and not _test(path, texts[path], system, opened):
                return 1
    except Panic as panic:
        caller.complain(f"{caller.stamp()} {panic.message}\n")
        return 1
    return 0


def _return_path(octets: bytes, opened: Opened) -> None:
    """A line ``Return-path:`` in the message says where its bounces would go."""
    head = octets.decode("latin-1").partition("\n\n")[0]
    found = re.search(r"^return-path[ \t]*:(.*)$", head, re.IGNORECASE | re.MULTILINE)
    if not found:
        return
    try:
        address = extract(found[1], empty=True).address
    except BadAddress:
        return
    opened.caller.say('Return-path taken from "Return-path:" header line\n')
    opened.context.variables["return_path"] = Text(address, tainted=True)


def _read(path: str | None, opened: Opened) -> str | None:
    """The text of a filter, None for a folder. Raises `Refused`."""
    if path is None:
        return ""
    directory = "" if path.startswith("/") else f"{opened.caller.directory}/"
    try:
        return opened.caller.files.read_bytes(directory + path).decode("latin-1")
    except IsADirectoryError:
        return None
    except OSError as error:
        raise Refused(f"exim: failed to open {path}: {error.strerror}") from None


def _address(opened: Opened) -> None:
    """The person whose filter it is, and the lines that say so."""
    caller, context, parts = opened.caller, opened.context, opened.request.filter_for
    own = context.variables
    domain = parts.get("domain") or _domain(opened)
    local_part = parts.get("local part") or caller.machine.login
    prefix, suffix = parts.get("prefix", ""), parts.get("suffix", "")
    sender = own["sender_address"].text
    if "return_path" in own:
        caller.say(f"Return-path = {own['return_path'].text or '<>'}\n")
    else:
        caller.say("Return-path copied from sender\n")
        own["return_path"] = own["sender_address"]
    recipient = f"{prefix}{local_part}{suffix}@{domain}"
    caller.say(f"Sender      = {sender or '<>'}\nRecipient   = {recipient}\n")
    for name in ("prefix", "suffix"):
        if name in parts:
            caller.say(f"{name.capitalize()}    = {parts[name]}\n")
    _know(opened, {"domain": domain, "local_part": local_part}, recipient)


def _domain(opened: Opened) -> str:
    from .knowing import qualify_domain

    return str(opened.context.settings["qualify_recipient"] or qualify_domain(opened))


def _know(opened: Opened, address: dict[str, str], recipient: str) -> None:
    """What strings of the filter know of the person."""
    own, parts = opened.context.variables, opened.request.filter_for
    for name, value in address.items():
        own[name] = own[f"original_{name}"] = Text(value)
    own["local_part_prefix"] = Text(parts.get("prefix", ""))
    own["local_part_suffix"] = Text(parts.get("suffix", ""))
    own["home"] = Text(getattr(opened.caller.machine, "home", ""))
    own["recipients_count"] = Text("1")
    opened.context.message.recipients = [recipient]
    own.pop("recipients", None)


def _test(path: str, text: str | None, system: bool, opened: Opened) -> bool:
    """One file. Gives whether it is free of mistakes."""
    caller, context = opened.caller, opened.context
    if text is None:
        caller.say(f"exim: error while reading {path}: Is a directory\n")
        return False
    what = kind(text)
    if system and not what:
        what = "exim"
    caller.say(f'Testing {KINDS[what]} file "{path}"\n\n')
    if not what:
        return _forward(text, opened)
    recipients = Text(", ".join(context.message.recipients), True)
    if system:
        context.variables["recipients"] = recipients
    allowed = TESTED_SYSTEM if system else TESTED
    if opened.request.sieve_extensions:
        from labmail.exim.filters.sieve import EXTENSIONS

        allowed = allowed._replace(sieve=EXTENSIONS)
    outcome = drive(run_filter(text, context, Letter(_own(opened)), allowed))
    caller.say(outcome.told())
    _explain(outcome, opened)
    context.variables.pop("recipients", None)
    if system:
        _left(outcome, opened)
    return not outcome.error or (what == "sieve" and not system)


def _own(opened: Opened) -> tuple[str, ...]:
    """The addresses of the person, the one without prefix and suffix first."""
    own = opened.context.variables
    short = f"{own['local_part'].text}@{own['domain'].text}"
    return short, str(opened.context.message.recipients[0])


def _left(outcome: Outcome, opened: Opened) -> None:
    """What a system filter leaves for the users' filters."""
    context = opened.context
    for number in range(10):
        context.variables[f"sn{number}"] = Text(str(_counted(outcome, number)))
    for deed in outcome.deeds:
        if isinstance(deed, Headers) and deed.what != "charset":
            changed(context.message, deed.what, deed.text)


def _counted(outcome: Outcome, variable: int) -> int:
    from labmail.exim.filters.numbers import wrapped

    counts = (deed for deed in outcome.deeds if isinstance(deed, Count))
    return wrapped(sum(count.number for count in counts if count.variable == variable))


def _explain(outcome: Outcome, opened: Opened) -> None:
    """With -v: each condition and what came of it, on standard error."""
    if opened.request.wordy or opened.request.debug is not None:
        reasons = (step.reason() for step in outcome.steps if isinstance(step, Answer))
        opened.caller.complain("".join(reasons))
    if outcome.help and outcome.error:
        from .opening import hint

        opened.caller.complain(hint(EximError(outcome.error, help=outcome.help), opened.caller))


def _forward(text: str, opened: Opened) -> bool:
    from .forward_test import test_forward

    return test_forward(text, opened)
