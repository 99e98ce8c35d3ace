"""Why a string came to be what it is: its tree, with the value at each node.

    >>> print(drive(explained("${if eq{${uc:a}}{A}{yes}{no}}", Context())))
    ${if eq{${uc:a}}{A}{yes}{no}} = yes
    └ if: ${if eq{${uc:a}}{A}{yes}{no}} = yes; the condition is true: the first branch counts
      ├ condition eq: eq{${uc:a}}{A} = true; "A" and "A" are the same
      │ ├ operator uc: ${uc:a} = A
      │ │ └ text: a = a
      │ └ text: A = A
      ├ text: yes = yes
      └ text: no: not asked

The string is evaluated once, in the ordinary way, while somebody looks on: the same nodes, the same
errors, the same effects on the context. What was seen is plain data (`Step`), for a picture, a
test, or ``print``.

Law: Exim specification, chapter 11; ``exim -d+expand`` is the original's way to tell it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labmail.exim.drive import drive
from labmail.exim.errors import EximError
from labmail.exim.text import Text

from .branches import Branches
from .context import Context
from .evaluator import expand
from .parser import parse
from .reasons import reason
from .tree import Node

__all__ = ["Explanation", "Step", "drive", "explain", "explained"]

MANY = 20
"""So many rounds of a loop are told, of each node in it."""


class Step(NamedTuple):
    """A node that was, or was not, evaluated: ``source`` stands at ``start`` to ``end``."""

    kind: str
    source: str
    start: int
    end: int
    order: int
    """Which evaluation this was, from 1; 0: it was not asked."""
    value: str | None
    tainted: bool
    failed: str
    """The message, where it has no value."""
    why: str
    numeric: tuple[str, ...] | None
    """$0, $1 … if it set them."""
    rounds: tuple[str, ...]
    """The values of all rounds, if a loop came by more than once."""
    steps: tuple[Step, ...]
    then: tuple[Step, ...] = ()
    """Strings that it expanded in turn: what ``expand`` was given, lines of an ACL. Their places
    count from their own beginning."""

    def data(self) -> dict[str, Any]:
        """As dictionaries and lists, for JSON."""
        plain = self._asdict()
        plain["steps"] = [step.data() for step in self.steps]
        plain["then"] = [step.data() for step in self.then]
        plain["rounds"] = list(self.rounds)
        plain["numeric"] = None if self.numeric is None else list(self.numeric)
        return plain


class Explanation(NamedTuple):
    """A string, what became of it, and how."""

    text: str
    value: str | None
    tainted: bool
    failed: str
    forced: bool
    position: int | None
    help: str
    step: Step

    def data(self) -> dict[str, Any]:
        """As dictionaries and lists, for JSON."""
        return {**self._asdict(), "step": self.step.data()}

    def __str__(self) -> str:
        became = f"failed: {self.failed}" if self.failed else f"= {self.value}"
        lines = [f"{self.text} {became}"]
        if self.tainted:
            lines[0] += "  (tainted)"
        if self.help:
            lines.append(f"({self.help})")
        _drawn(self.step, "", True, lines)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def _drawn(step: Step, indent: str, last: bool, lines: list[str], word: str = "") -> None:
    lines.append(f"{indent}{'└' if last else '├'} {word}{_sentence(step)}")
    inner = indent + ("  " if last else "│ ")
    below = [one for one in step.steps if one.order or one.kind != "mistake"] if step.order else []
    told = [(one, "") for one in below] + [(one, "then ") for one in step.then]
    for place, (one, word) in enumerate(told):
        _drawn(one, inner, place == len(told) - 1, lines, word)


def _sentence(step: Step) -> str:
    told = f"{step.kind}: {_short(step.source)}"
    if not step.order:
        return f"{told}: not asked"
    told += f": failed: {step.failed}" if step.failed else f" = {_short(step.value or '')}"
    if step.tainted:
        told += " (tainted)"
    if len(step.rounds) > 1:
        told += f" ({len(step.rounds)} rounds)"
    return told + (f"; {step.why}" if step.why else "")


def _short(text: str, most: int = 60) -> str:
    text = text.replace("\n", "\\n")
    return text if len(text) <= most else text[: most - 1] + "…"


class Seen(NamedTuple):
    """One evaluation of a node."""

    order: int
    value: Text | None
    failed: str
    numeric: tuple[Text, ...] | None


class Observer:
    """Looks on. The evaluator hands it every node instead of evaluating it."""

    def __init__(self) -> None:
        self.seen: dict[int, list[Seen]] = {}
        self.reasons: dict[int, str] = {}
        self.count = 0
        self.open: list[Node] = []
        """The nodes that are being evaluated, the outermost first."""
        self.inner: dict[int, list[tuple[Node, str]]] = {}
        """The strings that a node expanded in turn."""

    async def watch(self, node: Node, context: Context) -> Text:
        """The value of a node."""
        before = context.numeric
        self.open.append(node)
        try:
            value = await node.value(context)
        except EximError as failed:
            self._saw(node, None, failed.message, None)
            raise
        finally:
            self.open.pop()
        changed = context.numeric if context.numeric is not before else None
        self._saw(node, value, "", changed)
        return value

    async def watch_condition(self, node: Node, context: Context) -> bool:
        """Whether a condition is true."""
        before = context.numeric
        self.open.append(node)
        try:
            true: bool = await node.holds(context)  # type: ignore[attr-defined]
        except EximError as failed:
            self._saw(node, None, failed.message, None)
            raise
        finally:
            self.open.pop()
        changed = context.numeric if context.numeric is not before else None
        self._saw(node, Text("true" if true else "false"), "", changed)
        return true

    def inside(self, tree: Node, text: str) -> None:
        """A node has another string expanded."""
        known = self.inner.setdefault(id(self.open[-1]), []) if self.open else []
        if len(known) < MANY and all(one is not tree for one, _ in known):
            known.append((tree, text))

    def why(self, node: Node, sentence: str) -> None:
        """A node tells why."""
        self.reasons[id(node)] = sentence

    def _saw(
        self, node: Node, value: Text | None, failed: str, numeric: tuple[Text, ...] | None
    ) -> None:
        self.count += 1
        rounds = self.seen.setdefault(id(node), [])
        if len(rounds) < MANY:
            rounds.append(Seen(self.count, value, failed, numeric))
        else:
            rounds[-1] = Seen(self.count, value, failed, numeric)

    def last(self, node: Node) -> Seen | None:
        """The last evaluation of a node."""
        rounds = self.seen.get(id(node))
        return rounds[-1] if rounds else None


def explain(text: str, context: Context) -> Explanation:
    """What a string comes to, and why, where nobody has to be waited for."""
    return drive(explained(text, context))


async def explained(text: str, context: Context) -> Explanation:
    """What a string comes to, and why. A failure is part of the answer."""
    observer, before = Observer(), context.observer
    context.observer = observer
    value, failed = Text(""), None
    try:
        value = await expand(text, context)
    except EximError as error:
        failed = error
    finally:
        context.observer = before
    return Explanation(
        text,
        None if failed else value.text,
        not failed and value.tainted,
        failed.message if failed else "",
        getattr(failed, "forced", False),
        getattr(failed, "position", None),
        failed.help if failed else "",
        _step(parse(text.partition("\0")[0]), text, observer),
    )


def _step(node: Node, text: str, observer: Observer, around: frozenset[int] = frozenset()) -> Step:
    """``around`` are the strings that this one is in: one that expands itself is told once."""
    seen = observer.last(node)
    rounds = observer.seen.get(id(node), [])
    value = seen.value if seen else None
    return Step(
        node.told(),
        text[node.start : node.end],
        node.start,
        node.end,
        seen.order if seen else 0,
        value.text if value else None,
        bool(value and value.tainted),
        seen.failed if seen else "",
        observer.reasons.get(id(node)) or (reason(node, observer) if value else ""),
        tuple(number.text for number in seen.numeric) if seen and seen.numeric else None,
        tuple(one.value.text if one.value else one.failed for one in rounds),
        tuple(_step(below, text, observer, around) for below in _shown(node)),
        tuple(
            _step(tree, other, observer, around | {id(tree)})
            for tree, other in observer.inner.get(id(node), ())
            if id(tree) not in around
        ),
    )


def _shown(node: Node) -> list[Node]:
    """What a reader wants to see below a node: branches stand beside the condition."""
    shown: list[Node] = []
    for below in node.below():
        shown += below.below() if isinstance(below, Branches) else [below]
    return shown
