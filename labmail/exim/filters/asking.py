"""Asking conditions: true or false, and what was looked at on the way.

Both sides of a comparison are expanded before they are compared; a side that can't be expanded
ends the filter. What ``matches`` finds is left in ``$1`` and its like for the commands that follow.

Law: "Exim's interfaces to mail filtering", §3.21 to §3.30.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion import expand
from labmail.exim.expansion.addresses import BadAddress, Groups, extract, pieces
from labmail.exim.regex import RegexError, compile
from labmail.exim.text import EMPTY, Text

from .conditions import AnyAddress, Compared, Condition, Joined, Personal
from .mistakes import FilterError
from .numbers import size
from .outcome import Answer, Noted
from .personal import personal

if TYPE_CHECKING:
    from .run import Run


async def ask(condition: Condition, run: Run, depth: int, *, whole: bool = True) -> bool:
    """Is it true? Everything that was asked is noted among the steps of the run."""
    if isinstance(condition, Joined):
        return await _chain(condition, run, depth, whole)
    if isinstance(condition, Compared):
        true = await _compared(condition, run, depth)
    elif isinstance(condition, AnyAddress):
        true = await _any_address(condition, run, depth)
    elif isinstance(condition, Personal):
        true = not run.allowed.system and personal(
            run.headers, run.value("sender_address"), run.own, condition.aliases
        )
    else:
        true = run.states[condition.name]()
    return _answered(condition, true, run, depth, whole)


def _answered(condition: Condition, true: bool, run: Run, depth: int, whole: bool) -> bool:
    true = true == condition.wanted
    run.step(Answer(condition.shown, true, depth, whole=whole))
    return true


async def _chain(condition: Joined, run: Run, depth: int, whole: bool) -> bool:
    """Conditions with ``and`` or ``or`` between them, up to the one that decides.

    Of ``a or b or c`` the first two belong together, of ``a and b and c`` the last two; a chain may
    have thousands, so it is walked and not descended.
    """
    chain: list[Joined] = []
    node: Condition = condition
    while isinstance(node, Joined) and node.word == condition.word:
        chain.append(node)
        if node.word == "or":
            node = node.left
        else:
            true = await ask(node.left, run, depth, whole=False)
            node = node.right
            if not true:
                break
    else:
        true = await ask(node, run, depth, whole=False)
    for joined in reversed(chain):
        if joined.word == "or" and not true:
            true = await ask(joined.right, run, depth, whole=False)
        true = _answered(joined, true, run, depth, whole and joined is condition)
    return true


async def expanded(text: str, run: Run) -> Text:
    """One side of a comparison."""
    try:
        return await expand(text, run.context)
    except (ExpansionFailed, Deferred) as failed:
        raise FilterError(
            f'failed to expand "{text}" in filter file: {failed.message}', help=failed.help
        ) from None


async def _any_address(condition: AnyAddress, run: Run, depth: int) -> bool:
    listed = (await expanded(condition.addresses, run)).text
    groups = Groups()
    for piece in pieces(listed):
        try:
            found = extract(piece, groups=groups).address
        except BadAddress:
            run.context.variables["thisaddress"] = EMPTY
            continue
        run.context.variables["thisaddress"] = Text(found, True)
        run.step(Noted(f"Extracted address {found}", depth))
        if await ask(condition.inner, run, depth, whole=False):
            return True
    return False


async def _compared(condition: Compared, run: Run, depth: int) -> bool:
    left = (await expanded(condition.left, run)).text
    right = (await expanded(condition.right, run)).text
    word = condition.comparison
    if word.lower() == "matches":
        run.step(
            Noted(f"Match expanded arguments:\n  Subject = {left}\n  Pattern = {right}", depth)
        )
        return _matches(left, right, word == "matches", run)
    if word in ("above", "below"):
        numbers = _number(left), _number(right)
        return numbers[0] > numbers[1] if word == "above" else numbers[0] < numbers[1]
    return COMPARE[word](left, right)


def _matches(subject: str, pattern: str, caseless: bool, run: Run) -> bool:
    try:
        found = compile(pattern, caseless=caseless).search(subject)
    except RegexError as wrong:
        raise FilterError(
            f'error while compiling regular expression "{pattern}":'
            f" {wrong.reason} at offset {wrong.offset}",
            help=wrong.help,
        ) from None
    if found is None:
        return False
    run.context.numeric = tuple(
        Text(found.group(number) or "", True) for number in range(found.groups + 1)
    )
    return True


def _number(text: str) -> int:
    number = size(text)
    if number is None:
        raise FilterError(f'malformed numerical string "{text}"')
    return number


def _lowered(text: str) -> str:
    """Small letters, of the 26 only."""
    return text.encode("latin-1").lower().decode("latin-1")


COMPARE: dict[str, Callable[[str, str], bool]] = {
    "is": lambda left, right: _lowered(left) == _lowered(right),
    "IS": lambda left, right: left == right,
    "begins": lambda left, right: _lowered(left).startswith(_lowered(right)),
    "BEGINS": lambda left, right: left.startswith(right),
    "ends": lambda left, right: _lowered(left).endswith(_lowered(right)),
    "ENDS": lambda left, right: left.endswith(right),
    "contains": lambda left, right: right != "" and _lowered(right) in _lowered(left),
    "CONTAINS": lambda left, right: right in left,
}
"""The comparisons of strings, by their words. Nothing ``contains`` the empty string."""
