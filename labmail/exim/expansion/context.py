"""What an expansion knows: everything that a string may ask for is handed in here.

A string is expanded for somebody: a router with a letter and an address, an ACL in the middle of a
dialogue, an administrator who tries something out. The context is what that somebody knows. Its
slots are filled by whoever asks; what is left empty is not there, and a string that asks for it
gets the empty string, or Exim's words for "there is none".

    what is asked for        slot
    $local_part, $domain …   variables: a value by its name, as the caller knows it
    $h_subject:              message
    $primary_hostname …      settings: the main options of the configuration; host: the machine
    $acl_m_x                 acl_variables
    $1, $value, $item        numeric, value, item: set by the string itself, while it goes along
    +local_domains           named: the named lists of the configuration
    ${lookup …}              searches
    ${readfile …}            files
    ${run …}, ${readsocket}  run, connect: who starts programs, who opens sockets
    $tod_log, ${randint:9}   clock, chance
    ${acl{name}{…}}          acl
    ${if exists{/f}…}        unless `forbidden` has "existstest": in filters of users

`numeric` and `value` are not put back when a string fails: what it had set is seen by the next
string, as with Exim. A context serves one expansion at a time.

Law: Exim specification, chapter 11, "Expansion variables".

Try: ``Context(variables={"domain": Text("ask.com")})``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import EMPTY, Text

STEPS = 100_000
"""How often a string may go round in ${map…}, ${reduce…} and their kin, all rounds together."""

OCTETS = 16 * 2**20
"""How much text a string may become, and how much it may make on its way (four times as much)."""


class Ran(NamedTuple):
    """What a program left behind: its standard output, and its exit status (negative: a signal)."""

    output: bytes
    status: int


class Clock(Protocol):
    """Whoever knows the time: seconds since 1970, in UTC."""

    def now(self) -> float: ...


class Host(Protocol):
    """The machine and the process that a string is expanded on."""

    name: str
    pid: int
    uid: int
    gid: int

    def load_average(self) -> float: ...

    def free(self, path: str) -> tuple[int, int]:
        """Kilobytes and inodes that are free where the path lies; -1 where nobody can tell."""


Run = Callable[[list[str]], Awaitable[Ran]]
"""Starts a program without a shell: ``await run(["/bin/echo", "a"])``; OSError if it can't."""

Connect = Callable[..., Awaitable[bytes]]
"""Talks to a socket: ``await connect(where, request, options)`` gives all that came back."""

CallAcl = Callable[..., Awaitable[Any]]
"""Asks an ACL: ``await acl(context, name, arguments)`` gives a Verdict (labmail.exim.acl)."""


class Context:
    """What strings are expanded with. All slots are described at the head of this file."""

    __slots__ = (
        "acl",
        "acl_arguments",
        "acl_variables",
        "acls",
        "budget",
        "chance",
        "clock",
        "connect",
        "depth",
        "environment",
        "files",
        "forbidden",
        "host",
        "item",
        "message",
        "named",
        "names",
        "numeric",
        "observer",
        "run",
        "runrc",
        "searches",
        "settings",
        "value",
        "variables",
    )

    def __init__(
        self,
        *,
        variables: Mapping[str, Text] | None = None,
        settings: Mapping[str, Any] | None = None,
        named: Mapping[str, Mapping[str, Any]] | None = None,
        acls: Mapping[str, Any] | None = None,
        message: Any = None,
        host: Host | None = None,
        environment: Mapping[str, str] | None = None,
        searches: Any = None,
        files: Any = None,
        names: Any = None,
        clock: Any = None,
        chance: Any = None,
        run: Run | None = None,
        connect: Connect | None = None,
        acl: CallAcl | None = None,
    ) -> None:
        self.variables: dict[str, Text] = dict(variables or {})
        self.settings: Mapping[str, Any] = settings if settings is not None else {}
        self.named: Mapping[str, Mapping[str, Any]] = named if named is not None else {}
        self.acls: Mapping[str, Any] = acls if acls is not None else {}
        self.message = message
        self.host = host
        self.environment: Mapping[str, str] = environment if environment is not None else {}
        self.searches = searches
        self.files = files
        self.names = names
        self.clock = clock
        self.chance = chance
        self.run = run
        self.connect = connect
        self.acl = acl
        self.acl_variables: dict[str, Text] = {}
        self.acl_arguments: tuple[Text, ...] = ()
        self.numeric: tuple[Text, ...] = ()
        self.value: Text | None = None
        self.item: Text | None = None
        self.runrc = 0
        self.observer: Any = None
        self.depth = 0
        self.forbidden: frozenset[str] = frozenset()
        self.budget: Budget = Budget()

    def number(self, place: int) -> Text:
        """``$0`` to ``$9`` and further: what the last match or lookup left there."""
        return self.numeric[place] if 0 <= place < len(self.numeric) else EMPTY

    def setting(self, name: str, otherwise: str = "") -> str:
        """A main option as text."""
        value = self.settings.get(name)
        return otherwise if value is None else str(value)


class Budget:
    """What one string may use: rounds, and octets. It ends strings that grow without end."""

    __slots__ = ("octets", "steps")

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """For a new string."""
        self.steps = STEPS
        self.octets = 4 * OCTETS

    def step(self) -> None:
        """Another round of a loop."""
        self.steps -= 1
        if self.steps < 0:
            raise ExpansionFailed(
                f"gave up after {STEPS} rounds of map, reduce and their kin",
                help="loops inside loops multiply: take the inner one out",
            )

    def grown(self, size: int) -> None:
        """Some text of that size was made. Small ones need not be told."""
        self.octets -= size
        if size > OCTETS or self.octets < 0:
            raise ExpansionFailed(
                f"gave up: the text grew beyond {OCTETS} octets",
                help="a value that is put together from itself doubles with each round",
            )
