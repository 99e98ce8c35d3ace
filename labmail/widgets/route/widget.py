"""What a notebook holds: ``route("bob@ask.com", "my.conf", compare="ann@ask.com")``.

    picture = route("bob@ask.com", text, host)     # the last line of a cell
    picture.explanation                            # the walk as a value
    picture.follow("postmaster@ask.com")           # another address, from another cell

Addresses and configuration can be changed on the page; the same engine walks again. A configuration
with a mistake in it leaves the old path where it was, in grey, and the mistake at its line. Without
a kernel the last state can still be read.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from labmail.exim.errors import ConfigError, EximError
from labmail.exim.expansion.addresses import BadAddress
from labmail.lab.explaining import words
from labmail.lab.explaining.expanding import CONFIGURATION
from labmail.lab.explaining.walking import GIVEN, walk
from labmail.message import look
from labmail.trace.icons import PATHS, STATES

from ..assets import join, sheet
from ..page import fragment
from ..picture import Picture
from .model import model

if TYPE_CHECKING:
    from labmail.exim.routing.why import Explanation
    from labmail.lab import LabHost
    from labmail.lab.explaining.walking import Walks

_HERE = Path(__file__).parent
ESM = join(_HERE / "js" / "main.js", {"PATHS": PATHS, "STATES": STATES})
CSS = sheet(_HERE.parent / "kit" / "tokens.css", _HERE / "route.css")

LONGEST = 200_000
"""Characters of a configuration that come from the page."""
LONGEST_ADDRESS = 1000


class RouteWidget(Picture):
    """A walk, drawn. ``explanation`` is that of the first address, ``compared`` of the second.

    Make one with `route`. ``view`` is what the page draws.
    """

    _esm = ESM
    _css = CSS
    _title = "The route of an address"
    view = traitlets.Dict().tag(sync=True)

    def __init__(
        self, address: str, compare: str, configuration: str, name: str, host: LabHost | None
    ) -> None:
        self._host, self._name = host, name
        self._address, self._compare, self.configuration = address, compare, configuration
        self._working, self._turn = threading.RLock(), 0
        self._trouble: dict[str, Any] | None = None
        self._walks = self._walk()
        super().__init__(view=self._model())
        self.on_msg(self._asked)

    def _walk(self) -> Walks:
        addresses = [self._address, self._compare] if self._compare else [self._address]
        return walk(addresses, self.configuration, self._host)

    def _model(self) -> dict[str, Any]:
        return {
            **model(self._walks),
            "place": self._host.name if self._host else "this computer",
            "name": self._name,
            "address": self._address,
            "compare": self._compare,
            "configuration": self.configuration,
            "turn": self._turn,
            "trouble": self._trouble,
        }

    @property
    def explanation(self) -> Explanation:
        """The walk of the first address, as a value."""
        return self._walks.explanations[0]

    @property
    def compared(self) -> Explanation | None:
        """The walk of the second, if there is one."""
        return self._walks.explanations[1] if len(self._walks.explanations) > 1 else None

    @property
    def text(self) -> str:
        """What ``print`` shows of the walks: first what -bt says, then why."""
        return "\n".join(words(str(told)) for told in self._walks.explanations)

    def follow(
        self, address: str, compare: str | None = None, configuration: str | None = None
    ) -> Explanation:
        """Another address, another configuration; None: as before.

        Raises ConfigError, BadAddress.
        """
        with self._working:
            before = self._address, self._compare, self.configuration
            self._address = address
            self._compare = self._compare if compare is None else compare
            self.configuration = self.configuration if configuration is None else configuration
            try:
                self._walks, self._trouble = self._walk(), None
            except BaseException:
                self._address, self._compare, self.configuration = before
                raise
            self.set_trait("view", self._model())
        return self.explanation

    def _asked(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        """The page wants another walk. It may come in any thread, one at a time."""
        with self._working:
            self._turn = int(asked.get("turn", 0))
            self._address = str(asked.get("address", ""))[:LONGEST_ADDRESS]
            self._compare = str(asked.get("compare", ""))[:LONGEST_ADDRESS]
            self.configuration = str(asked.get("configuration", ""))[:LONGEST]
            try:
                self._walks, self._trouble = self._walk(), None
            except (BadAddress, EximError, RuntimeError, OSError, ValueError) as problem:
                self._trouble = _told(problem)
            self.set_trait("view", self._model())

    def _fragment(self) -> str:
        told = look.card(look.row(f"<pre>{look.esc(self.text)}</pre>"), label="route")
        return fragment("route", ESM, CSS, {"view": self._model()}, told)


def _told(problem: Exception) -> dict[str, Any]:
    """What is wrong, and in which line of the configuration, if it is there."""
    message = getattr(problem, "message", "") or str(problem)
    if isinstance(problem, BadAddress):
        message = f"This is no address: {message}"
    here = isinstance(problem, ConfigError) and problem.file == GIVEN
    return {
        "message": words(message),
        "help": words(getattr(problem, "help", "")),
        "line": problem.line if here and isinstance(problem, ConfigError) else None,
    }


def route(
    address: str,
    configuration: str | Path | None = None,
    host: LabHost | None = None,
    *,
    compare: str = "",
) -> RouteWidget:
    """Why an address goes where it goes with a configuration, router by router.

    ``configuration`` is its text, or the path of its file on this computer. With ``host``, a host
    of a lab, the tree, the names and the clock of that host answer the routers' questions; without
    ``configuration`` it is the one that lies there, if it has routers. ``compare`` is a second
    address, to be laid beside the first. Nothing is sent. Raises ConfigError, OSError, ValueError,
    and BadAddress for what is no address.
    """
    text, name = _read(configuration, host)
    picture = RouteWidget(address, compare, text, name, host)
    if configuration is None and not picture._walks.configuration.routers:
        raise ValueError(f"{name} has no routers: hand in a configuration that has some")
    return picture


def _read(configuration: str | Path | None, host: LabHost | None) -> tuple[str, str]:
    """The text of a configuration, and what it is called."""
    if configuration is None:
        if host is None:
            raise ValueError("route() needs a configuration: its text, or the path of its file")
        for path in CONFIGURATION.split(":"):
            if host.files.exists(path):
                return host.files.read_text(path), path
        raise ValueError(f"{host.name} has no configuration of Exim's: hand one in")
    if isinstance(configuration, Path) or "\n" not in configuration:
        file = Path(configuration)
        return file.read_text("utf-8", "replace"), str(file)
    return configuration, "configuration"
