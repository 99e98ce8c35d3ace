"""From the words of a command line to a `Request`: what is to be done, and with what.

Options come first; the first argument that is none, and everything after ``--``, is data. A line
that cannot be understood is refused with Exim's own sentence and exit code 1, before any file is
opened.

Law: Exim specification, chapter 5. What is said about mistakes is what Exim 4.96 says.

Try: ``read(["-DNAME=x", "-be", "NAME"]).macros``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import takewhile

from .wish import ID, INTERVAL, LISTINGS, MANY, ONE, RUN, QueueRun, QueueWish, forced, wrong_ids
from .words import ALONE, EXACT, JOINABLE, JOINED, LATER, Word

LONGEST_RECIPIENT = 256
"""Exim takes what is left over for addresses, until it knows better."""


class Refused(Exception):
    """The line was not understood: what to print on standard error, and the exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.text, self.code = text, code


class Request:
    """What a command line asks for."""

    def __init__(self) -> None:
        self.action = ""
        self.version = False
        self.help = False
        self.files: str | None = None
        self.macros: list[tuple[str, str]] = []
        self.debug: str | None = None
        self.terse = False
        self.wordy = False
        self.message: str | None = None
        self.user_filter: str | None = None
        self.system_filter: str | None = None
        self.filter_for: dict[str, str] = {}
        self.sieve_extensions = False
        """Ours: Sieve may ask for more than Exim knows."""
        self.recipients_in_headers = False
        self.dot_ends = True
        self.sender: str | None = None
        self.full_name: str | None = None
        self.delivery = ""
        """``q``: only queue it; ``i``: deliver it at once, and wait for that; ``b``: in the
        background; as the configuration says otherwise."""
        self.waits = True
        """Whether the command ends only when what it began is done."""
        self.delivery_waits = False
        """``-odqs``: what goes to other hosts waits for a queue run."""
        self.errors = "m"
        """How mistakes are told: ``m`` by mail, ``e`` too, with exit code 0; ``p`` in a line."""
        self.run = QueueRun()
        self.queue = QueueWish()
        self.facts: dict[str, str] = {}
        self.later: Word | None = None
        self.words: list[str] = []


def read(arguments: Sequence[str]) -> Request:
    """The request. Raises `Refused`."""
    request = Request()
    rest = deque(arguments)
    while rest and rest[0].startswith("-") and rest[0] != "--":
        _take(request, rest.popleft(), rest)
        if request.queue.deed in MANY:  # whatever follows are ids
            break
    request.words = list(rest)[1:] if rest and rest[0] == "--" else list(rest)
    _agree(request)
    return request


def _take(request: Request, argument: str, rest: deque[str]) -> None:
    """One option, and its data."""
    if argument.startswith(("-qR", "-qS")):  # so Sendmail has them
        argument = f"-{argument[2:]}"
    word, data = _find(argument, not rest)
    if data is None and word.takes not in (ALONE, JOINED):
        if not rest:
            raise Refused(_missing(word))
        data = rest.popleft()
    if word.most and data is not None and len(data) > word.most:
        raise Refused(f"exim: length limit exceeded ({len(data)} > {word.most}) for: {word.name}")
    if word.state == LATER:
        request.later = request.later or word
    elif word.name in DOES:
        DOES[word.name](request, data or "")
    if word.name == "-q":
        _ids(request, rest)


def _find(argument: str, last: bool) -> tuple[Word, str | None]:
    """Which option it is, and the data that is joined on. Of ``-oM`` Exim wants data first."""
    if argument.startswith("-oM") and last:
        raise Refused(f"exim: data expected after {argument}")
    if argument in EXACT:
        return EXACT[argument], None
    for word in JOINABLE:
        if argument.startswith(word.name):
            return word, argument[len(word.name) :]
    raise Refused(unknown(argument))


def unknown(argument: str) -> str:
    return f"exim abandoned: unknown, malformed, or incomplete option {argument}"


def _missing(word: Word) -> str:
    if word.name.startswith("-M"):
        return wrong_ids(word.name, [])
    if word.name in ("-bf", "-bF"):
        return f"exim: file name expected after {word.name}"
    if word.name[:2] in ("-R", "-S"):
        return f"exim: string expected after {word.name}"
    if word.name.startswith("-bf"):
        return f"exim: string expected after {word.name}"
    return unknown(word.name)


def _agree(request: Request) -> None:
    """What cannot be asked in one line, and what is too long."""
    if request.queue.deed in MANY:
        request.queue.ids, request.words = request.words, []
        if wrong := wrong_ids(request.queue.deed, request.queue.ids):
            raise Refused(wrong)
    if request.action == "conflict" or (request.action and request.later):
        raise Refused("exim: incompatible command-line options or arguments")
    if request.action in ("filter", "queue run") and request.words:
        raise Refused("exim: incompatible command-line options or arguments")
    if request.action == "options":
        return
    named = request.words or request.recipients_in_headers
    if named and not (request.action or request.version or request.later or request.help):
        request.action = "submission"
    for word in request.words:
        if len(word) > LONGEST_RECIPIENT:
            limit = f"length limit exceeded ({len(word)} > {LONGEST_RECIPIENT})"
            raise Refused(f"exim: {limit} for: recipient")


# -- what each option does


def _act(action: str) -> Callable[[Request, str], None]:
    def do(request: Request, data: str) -> None:
        request.action = action if request.action in ("", action) else "conflict"

    return do


def _message(request: Request, data: str) -> None:
    _act("expansion")(request, data)
    request.message = data


def _filter(name: str) -> Callable[[Request, str], None]:
    """A user's filter, a system filter, or both: the latter comes first."""

    def do(request: Request, data: str) -> None:
        _act("filter")(request, data)
        setattr(request, name, data)

    return do


def _filter_for(part: str) -> Callable[[Request, str], None]:
    def do(request: Request, data: str) -> None:
        request.filter_for[part] = data

    return do


def _macro(request: Request, data: str) -> None:
    """``-DNAME=value``, with white space around the name and the sign where it is quoted."""
    text = data.lstrip()
    if not "A" <= text[:1] <= "Z":
        raise Refused("exim: macro name set by -D must start with an upper case letter")
    name = "".join(takewhile(lambda c: c.isascii() and (c.isalnum() or c == "_"), text))
    value = text[len(name) :].lstrip()
    if value and not value.startswith("="):
        raise Refused(unknown(f"-D{data}"))
    if any(name == known for known, _ in request.macros):
        raise Refused("exim: duplicated -D in command line")
    if len(request.macros) == MOST_MACROS:
        raise Refused("exim: too many -D options on command line")
    request.macros.append((name, value[1:].lstrip()))


MOST_MACROS = 10


def _run_queue(request: Request, data: str) -> None:
    """``-qff``: what waits, forced and thawed. With a time behind it Exim is a daemon."""
    if request.run.asked:
        raise Refused("exim: -q specified more than once")
    found = RUN.fullmatch(data)
    if found is None and INTERVAL.fullmatch(data):
        raise Refused(
            f"labmail exim: -q{data}: no daemon is started here (a lab has its own, labmail serve;"
            " /etc/default/exim4 of a host says how often its queue is run)"
        )
    if found is None:
        raise Refused(f"exim: bad time value -q{data}: abandoned")
    _act("queue run")(request, data)
    request.run.asked = True
    request.run.flags = forced(found[1], request.run.flags.count("f"))


def _ids(request: Request, rest: deque[str]) -> None:
    """Behind ``-q`` stand the id to begin with, and the one to end with, if any do."""
    for name in ("first", "last"):
        if rest and ID.fullmatch(rest[0]):
            setattr(request.run, name, rest.popleft())
    if not request.run.first and rest and not rest[0].startswith("-"):
        raise Refused(f"exim: bad time value {rest[0]}: abandoned")


def _run_for(which: str, flags: str) -> Callable[[Request, str], None]:
    """``-R ann``, ``-Sff bob``: for some letters only."""

    def do(request: Request, data: str) -> None:
        _act("queue run")(request, data)
        setattr(request.run, {"R": "recipient", "S": "sender"}[which], data)
        request.run.flags = forced(request.run.flags, flags.count("f"))
        request.run.patterns += which if "r" in flags else ""

    return do


def _listing(flags: str, confused: bool = False) -> Callable[[Request, str], None]:
    def do(request: Request, data: str) -> None:
        _act("queue")(request, data)
        request.queue.listing, request.queue.confused = flags, confused

    return do


def _deed(name: str) -> Callable[[Request, str], None]:
    """Something is done to letters: to the one that is named here, or to all that follow."""

    def do(request: Request, data: str) -> None:
        if name in ONE and (wrong := wrong_ids(name, [data])):
            raise Refused(wrong)
        if name == "-Mset":
            request.queue.loaded = data
            return
        _act("queue")(request, data)
        request.queue.deed = name
        request.queue.ids = [data] if name in ONE else []

    return do


def _debugging(request: Request, data: str) -> None:
    """What is to be told: ``-d+expand-lists``. We tell what there is to tell, but read it."""
    if data and data[0] not in "+-":
        wish = "malformed debug_selector setting: + or - expected but found"
        raise Refused(f'exim: {wish} "{data}"')
    request.debug = data


def _setting(name: str, value: object = True) -> Callable[[Request, str], None]:
    def do(request: Request, data: str) -> None:
        setattr(request, name, data if value is str else value)

    return do


def _header_names_and_no_dot(request: Request, data: str) -> None:
    """``-ti`` is ``-t -i``."""
    request.recipients_in_headers, request.dot_ends = True, False


def _fact(variable: str) -> Callable[[Request, str], None]:
    def do(request: Request, data: str) -> None:
        if variable == "received_protocol" and variable in request.facts:
            raise Refused("received_protocol is set already")
        request.facts[variable] = data

    return do


def _place(address: str, port: str) -> Callable[[Request, str], None]:
    """An address with or without a port: ``192.0.2.1.25``, ``[::1]:25``."""

    def do(request: Request, data: str) -> None:
        host, number = split_port(data)
        if not is_ip(host):
            raise Refused(f'exim abandoned: "{data}" is not an IP address')
        request.facts[address], request.facts[port] = host, number

    return do


def split_port(text: str) -> tuple[str, str]:
    """The address, and the port ("0" for none).

    >>> split_port("192.0.2.1.25"), split_port("[::1]:26"), split_port("::1")
    (('192.0.2.1', '25'), ('::1', '26'), ('::1', '0'))
    """
    if text.startswith("[") and "]" in text:
        host, _, rest = text[1:].partition("]")
        return (host, rest[1:]) if rest[:1] in (":", ".") and rest[1:].isdigit() else (host, "0")
    host, dot, port = text.rpartition(".")
    if dot and port.isdigit() and (":" in host or host.count(".") == 3):
        return host, port
    return text, "0"


def is_ip(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


DOES: dict[str, Callable[[Request, str], None]] = {
    "-bm": _act("submission"),
    "-bs": _act("dialogue"),
    "-bS": _act("batch"),
    "-q": _run_queue,
    **{f"-R{flags}": _run_for("R", flags) for flags in ("", "f", "ff", "r", "rf", "rff")},
    **{f"-S{flags}": _run_for("S", flags) for flags in ("", "f", "ff", "r", "rf", "rff")},
    "-odb": _setting("delivery", "b"),
    "-odf": _setting("delivery", "i"),
    "-odi": _setting("delivery", "i"),
    "-odq": _setting("delivery", "q"),
    "-odqs": _setting("delivery_waits"),
    **{f"-{o}e{how}": _setting("errors", how) for o in ("o", "") for how in "mep"},
    **{f"-{o}e{how}": _setting("errors", "p") for o in ("o", "") for how in "qw"},
    "-F": _setting("full_name", str),
    **{f"-bp{flags}": _listing(flags) for flags in LISTINGS},
    "-bq": _listing("", confused=True),
    **{name: _deed(name) for name in (*MANY, *ONE)},
    "-be": _act("expansion"),
    "-bem": _message,
    "-bf": _filter("user_filter"),
    "-bF": _filter("system_filter"),
    "-bfd": _filter_for("domain"),
    "-bfl": _filter_for("local part"),
    "-bfp": _filter_for("prefix"),
    "-bfs": _filter_for("suffix"),
    "--sieve-extensions": _setting("sieve_extensions"),
    "-bP": _act("options"),
    "-bt": _act("test"),
    "-bv": _act("verify"),
    "-bvs": _act("verify sender"),
    "-brt": _act("retry"),
    "-brw": _act("rewrite"),
    "-v": _setting("wordy"),
    "-bV": _setting("version"),
    "--version": _setting("version"),
    "--help": _setting("help"),
    "-C": _setting("files", str),
    "-D": _macro,
    "-d": _debugging,
    "-dd": _debugging,
    "-n": _setting("terse"),
    "-t": _setting("recipients_in_headers"),
    "-ti": _header_names_and_no_dot,
    "-i": _setting("dot_ends", False),
    "-oi": _setting("dot_ends", False),
    "-oitrue": _setting("dot_ends", False),
    "-f": _setting("sender", str),
    "-r": _setting("sender", str),
    "-oMa": _place("sender_host_address", "sender_host_port"),
    "-oMaa": _fact("sender_host_authenticated"),
    "-oMai": _fact("authenticated_id"),
    "-oMas": _fact("authenticated_sender"),
    "-oMi": _place("received_ip_address", "received_port"),
    "-oMr": _fact("received_protocol"),
    "-oMs": _fact("sender_host_name"),
    "-oMt": _fact("sender_ident"),
}
"""What the options that work do to the request, by name."""
