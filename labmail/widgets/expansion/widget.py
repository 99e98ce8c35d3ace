"""What a notebook holds: ``unfold("${uc:$local_part}", host, local_part="bob")``.

    picture = unfold("${lookup{root}lsearch{/etc/aliases}}", host)    # the last line of a cell
    picture.explanation                                               # the same as a value
    picture.expand("${lookup{bob}lsearch{/etc/aliases}}")             # from another cell

The string can be changed on the page and is expanded anew, by the same engine, on the same host.
Without a kernel the last one can still be gone through step by step.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from labmail.exim.errors import EximError
from labmail.lab.explaining import explain
from labmail.message import look
from labmail.message.visible import visible
from labmail.trace.icons import PATHS, STATES

from ..assets import join, sheet
from ..page import fragment
from ..picture import Picture
from .model import model

if TYPE_CHECKING:
    from labmail.exim.expansion.explaining import Explanation
    from labmail.lab import LabHost

_HERE = Path(__file__).parent
ESM = join(_HERE / "js" / "main.js", {"PATHS": PATHS, "STATES": STATES})
CSS = sheet(_HERE.parent / "kit" / "tokens.css", _HERE / "expansion.css")

LONGEST = 10_000
"""Characters of a string that come from the page."""


class ExpansionWidget(Picture):
    """A string, unfolded. ``explanation`` is what it shows.

    Make one with `unfold`. ``view`` is what the page draws.
    """

    _esm = ESM
    _css = CSS
    _title = "An expansion, step by step"
    view = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        text: str,
        host: LabHost | None,
        configuration: str | None,
        message: Any,
        variables: dict[str, Any],
        predict: bool,
    ) -> None:
        self._host, self._configuration = host, configuration
        self._message, self._variables, self._predict = message, variables, predict
        self._working, self._turn, self._trouble = threading.RLock(), 0, ""
        self.explanation: Explanation = self._explain(text)
        super().__init__(view=self._model())
        self.on_msg(self._asked)

    def _explain(self, text: str) -> Explanation:
        return explain(
            text, self._configuration, host=self._host, message=self._message, **self._variables
        )

    def _model(self) -> dict[str, Any]:
        given = [visible(f"${name} is {value}") for name, value in self._variables.items()]
        return {
            **model(self.explanation),
            "place": self._host.name if self._host else "this computer",
            "given": given + (["there is a letter"] if self._message is not None else []),
            "predict": self._predict,
            "turn": self._turn,
            "trouble": self._trouble,
        }

    @property
    def text(self) -> str:
        """The explanation in words: what ``print`` shows of it."""
        return str(self.explanation)

    def expand(self, text: str) -> Explanation:
        """Unfolds another string in its place. Raises ConfigError, RuntimeError."""
        with self._working:
            self.explanation, self._trouble = self._explain(text), ""
            self.set_trait("view", self._model())
        return self.explanation

    def _asked(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        """The page wants a string expanded. It may come in any thread, one at a time."""
        with self._working:
            self._turn, self._trouble = int(asked.get("turn", 0)), ""
            try:
                self.explanation = self._explain(str(asked.get("text", ""))[:LONGEST])
            except (EximError, RuntimeError, OSError, ValueError) as problem:
                self._trouble = str(problem)
            self.set_trait("view", self._model())

    def _fragment(self) -> str:
        told = look.card(look.row(f"<pre>{look.esc(self.text)}</pre>"), label="expansion")
        return fragment("expansion", ESM, CSS, {"view": self._model()}, told)


def unfold(
    text: str,
    host: LabHost | None = None,
    configuration: str | None = None,
    *,
    message: Any = None,
    predict: bool = False,
    **variables: Any,
) -> ExpansionWidget:
    """A string of Exim's language, computed step by step before your eyes.

    ``host`` is the host of a lab on which it is computed; without one it is this computer, as with
    `explain`, which also says what the others mean. With ``predict`` each value is withheld until
    you have made a guess. Raises ConfigError.
    """
    return ExpansionWidget(text, host, configuration, message, variables, predict)
