"""Conditional lines: `.ifdef` and its kin, on lines as they stand in the file.

The words behind `.ifdef` are not names but any text: it holds if a macro was spliced into it. What
comes of a line is a table. A part of the file is being USED, it WAITS for an `.else` that may still
come, or it is DONE: nothing of it will be used whatever comes.

               holds           does not
    .ifdef     USED            WAITS        starts a part, if the one around it is USED
    .ifndef    WAITS           USED
    .elifdef   USED            WAITS        if it WAITS; what was USED is DONE
    .elifndef  WAITS           USED
    .else      USED            USED         likewise
    .endif     as it was before

Law: Exim specification, §6.8.

Try: ``Conditions().take(".ifdef X", spliced=False)``.
"""

from __future__ import annotations

import re

from labmail.exim.errors import ConfigError

USED, WAITS, DONE = range(3)
WHEN_SPLICED = {"ifdef": USED, "ifndef": WAITS, "elifdef": USED, "elifndef": WAITS, "else": USED}
WHEN_NOT = {"ifdef": WAITS, "ifndef": USED, "elifdef": WAITS, "elifndef": USED, "else": USED}
DIRECTIVE = re.compile(r"\.(ifdef|ifndef|elifdef|elifndef|else|endif)(.?)")
DEEPEST = 10


class Conditions:
    """Where we are in the conditional parts of a configuration."""

    def __init__(self) -> None:
        self.state = USED
        self.opened: list[tuple[str, int]] = []
        """File and line of each `.ifdef` whose `.endif` is still to come."""
        self._around: list[int] = []

    def take(self, line: str, spliced: bool, place: tuple[str, int] = ("", 0)) -> bool:
        """Whether a line was a directive, and is done with. Raises ConfigError.

        A directive in which something sticks to the word (`.endif#`, a tab) is passed over without
        a word; so does Exim.
        """
        found = DIRECTIVE.match(line)
        if not found:
            return False
        word, following = found.groups()
        if following in ("", " ", "t"):
            self._turn(word, (WHEN_SPLICED if spliced else WHEN_NOT).get(word, USED), place)
        return True

    def _turn(self, word: str, state: int, place: tuple[str, int]) -> None:
        if word in ("ifdef", "ifndef"):
            if len(self._around) >= DEEPEST:
                raise ConfigError(f".{word} nested too deeply")
            self._around.append(self.state)
            self.opened.append(place)
            self.state = state if self.state == USED else DONE
        elif not self._around:
            raise ConfigError(f".{word} without matching .ifdef")
        elif word == "endif":
            self.state = self._around.pop()
            self.opened.pop()
        else:
            self.state = state if self.state == WAITS else DONE
