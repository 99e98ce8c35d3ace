"""Everything a filter has come to: its deeds, the answers to its conditions, and how it ended.

Deeds and answers stand in one list, in the order of the filter, so that ``exim -bf -v`` can tell
them as they came.

Law: "Exim's interfaces to mail filtering", §2 (testing).

Try: ``Outcome().told()``.
"""

from __future__ import annotations

from collections.abc import Callable

from .deeds import Deed, Forced


class Answer(Deed):
    """A condition that was asked, and what came of it: for whoever wants to know why."""

    def __init__(
        self, shown: Callable[[], str], true: bool, depth: int, *, whole: bool = True
    ) -> None:
        super().__init__()
        self.shown, self.true, self.depth, self.whole = shown, true, depth, whole

    @property
    def text(self) -> str:
        """The condition as a text."""
        return self.shown()

    def reason(self) -> str:
        """As ``exim -bf -v`` says it."""
        what = "Condition" if self.whole else "Sub-condition"
        return f"{_indent(self.depth)}{what} is {'true' if self.true else 'false'}: {self.text} \n"


class Noted(Answer):
    """What a condition looked at: an address, or the two sides of a pattern."""

    def __init__(self, text: str, depth: int) -> None:
        super().__init__(lambda: text, True, depth)

    def reason(self) -> str:
        return f"{_indent(self.depth)}{self.text}\n"


def _indent(depth: int) -> str:
    return " " * (2 * depth - 1)


class Outcome:
    """Everything a filter has come to.

    ``steps`` are deeds and answers in the order of the filter; ``error``: why it broke off, in
    Exim's words, or ""; ``forced``: the fail, freeze or defer that ended it.
    """

    def __init__(self) -> None:
        self.steps: list[Deed] = []
        self.error = ""
        self.help = ""
        self.forced: Forced | None = None

    @property
    def deeds(self) -> list[Deed]:
        return [step for step in self.steps if not isinstance(step, Answer)]

    @property
    def significant(self) -> bool:
        """Has the filter taken care of the letter?"""
        return any(step.significant for step in self.steps)

    def told(self) -> str:
        """All of it, as ``exim -bf`` says it."""
        lines = [step.told() for step in self.steps]
        return "".join(lines) + self._end()

    def _end(self) -> str:
        if self.error:
            return f"Filter error: {self.error}\n"
        if self.forced:
            return f'Filtering ended by "{self.forced.verb}".\n'
        if self.significant:
            return (
                "Filtering set up at least one significant delivery or other action.\n"
                "No other deliveries will occur.\n"
            )
        return "Filtering did not set up a significant delivery.\nNormal delivery will occur.\n"
