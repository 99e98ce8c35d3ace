"""Conditions: what stands between ``if`` and ``then``.

    $h_subject: contains "urgent" and not (personal or $sender_address is "")

``and`` binds closer than ``or``; ``not`` turns round what comes next; parentheses group. A small
word as ``contains`` does not look at the case of letters, a big one as ``CONTAINS`` does.

Law: "Exim's interfaces to mail filtering", §3.21 to §3.30.

Try::

    >>> condition = read_condition(Words("a is b or not personal and 2 above 1 then"), "then")
    >>> condition.shown()
    'a is b or not personal and 2 above 1'
"""

from __future__ import annotations

from .mistakes import DEEPEST, NESTED_TOO_DEEP, FilterError
from .words import Words

ALONE = ("delivered", "error_message", "first_delivery", "manually_thawed")
"""Conditions that are a single word."""

COMPARISONS = {
    "is": "is",
    "IS": "IS",
    "begin": "begins",
    "begins": "begins",
    "BEGIN": "BEGINS",
    "BEGINS": "BEGINS",
    "end": "ends",
    "ends": "ends",
    "END": "ENDS",
    "ENDS": "ENDS",
    "contain": "contains",
    "contains": "contains",
    "CONTAIN": "CONTAINS",
    "CONTAINS": "CONTAINS",
    "match": "matches",
    "matches": "matches",
    "MATCH": "MATCHES",
    "MATCHES": "MATCHES",
    "above": "above",
    "below": "below",
}
"""Words between two strings, and the comparison that each stands for."""

NEGATED = {
    "is": "is not",
    "IS": "IS not",
    "begins": "does not begin",
    "BEGINS": "does not BEGIN",
    "ends": "does not end",
    "ENDS": "does not END",
    "contains": "does not contain",
    "CONTAINS": "does not CONTAIN",
    "matches": "does not match",
    "MATCHES": "does not MATCH",
}
"""How a comparison is called when it is denied; of the others, ``not`` stands before the word."""


class State:
    """A question about the letter or the filter: ``delivered``, ``error_message`` …"""

    def __init__(self, name: str) -> None:
        self.name, self.wanted = name, True

    def shown(self, top: bool = True) -> str:
        return self.name if self.wanted else f"not {self.name}"


class Personal(State):
    """Is the letter for this person, from a person?"""

    def __init__(self, aliases: list[str]) -> None:
        super().__init__("personal")
        self.aliases = aliases


class Compared:
    """Two strings and a comparison."""

    def __init__(self, left: str, comparison: str, right: str, wanted: bool) -> None:
        self.left, self.comparison, self.right, self.wanted = left, comparison, right, wanted

    def shown(self, top: bool = True) -> str:
        name = self.comparison
        if not self.wanted:
            name = NEGATED.get(name, f"not {name}")
        return f"{self.left} {name} {self.right}"


class AnyAddress:
    """A condition that is asked for each address of a list."""

    def __init__(self, addresses: str, inner: Condition) -> None:
        self.addresses, self.inner, self.wanted = addresses, inner, True

    def shown(self, top: bool = True) -> str:
        before = "" if self.wanted else "not "
        return f"{before}foranyaddress {self.addresses} ({self.inner.shown()})"


class Joined:
    """Two conditions with ``and`` or ``or`` between them."""

    def __init__(self, word: str, left: Condition, right: Condition) -> None:
        self.word, self.left, self.right, self.wanted = word, left, right, True

    def shown(self, top: bool = True) -> str:
        """Chains of hundreds are usual (lists of senders), so they are walked, not descended."""
        before, behind = [], []
        node: Condition = self
        while isinstance(node, Joined):
            grouped = not node.wanted or (node.word == "or" and not top)
            opened = "(" if node.wanted else "not ("
            before.append(opened if grouped else "")
            behind.append(")" if grouped else "")
            if node.word == "or":
                behind[-1] = f" or {node.right.shown(False)}{behind[-1]}"
                node = node.left
            else:
                before[-1] += f"{node.left.shown(False)} and "
                node = node.right
            top = False
        return "".join(before) + node.shown(False) + "".join(reversed(behind))


Condition = State | Compared | AnyAddress | Joined


def read_condition(words: Words, end: str, depth: int = 0) -> Condition:
    """The condition up to ``then`` (which is passed) or up to ``)`` (which is not)."""
    if depth > DEEPEST:
        raise FilterError(NESTED_TOO_DEEP % words.line)
    either: Condition | None = None
    while True:
        all_of, word = _read_ands(words, end, depth)
        either = all_of if either is None else Joined("or", either, all_of)
        if word != "or":
            return either


def _read_ands(words: Words, end: str, depth: int) -> tuple[Condition, str]:
    """Conditions with ``and`` between them; the word that ended them."""
    parts = [_read_one(words, depth)]
    while (word := _read_link(words, end)) == "and":
        parts.append(_read_one(words, depth))
    whole = parts.pop()
    while parts:
        whole = Joined("and", parts.pop(), whole)
    return whole, word


def _read_link(words: Words, end: str) -> str:
    """``and``, ``or`` or the end."""
    if words.next == ")":
        if end == ")":
            return ")"
        raise FilterError(f'unexpected ")" in line {words.line} of filter file')
    if words.next == "(":
        raise FilterError(f'unexpected "(" in line {words.line} of filter file')
    word = words.word()
    if word in ("and", "or"):
        return word
    if word != "then":
        raise FilterError(
            f'"and" or "or" or "{end}" expected near line {words.line} of filter file,'
            f' but found "{word}"'
        )
    if end != "then":
        raise FilterError(f'missing ")" at end of condition near line {words.line} of filter file')
    return word


def _read_one(words: Words, depth: int) -> Condition:
    """A single condition or a group, with every ``not`` before it."""
    wanted = True
    while True:
        if words.ended:
            raise FilterError('"then" missing at end of filter file')
        if words.next == ")":
            raise FilterError(f'unexpected ")" in line {words.line} of filter file')
        if words.next == "(":
            condition = _read_group(words, depth)
            break
        word = words.item(in_condition=True)
        if word == "then":
            raise FilterError(f'unexpected "then" near line {words.line} of filter file')
        if word != "not":
            condition = _read_named(words, word, depth)
            break
        wanted = not wanted
    if not wanted:
        condition.wanted = not condition.wanted
    return condition


def _read_group(words: Words, depth: int) -> Condition:
    """What stands between parentheses."""
    words.pass_one()
    condition = read_condition(words, ")", depth + 1)
    words.pass_one()
    return condition


def _read_named(words: Words, word: str, depth: int) -> Condition:
    if word in ALONE:
        return State(word)
    if word == "personal":
        return Personal(_read_aliases(words))
    if word == "foranyaddress":
        addresses = words.item(in_condition=True)
        if words.next != "(":
            raise FilterError(
                f'"(" expected after "foranyaddress" near line {words.line} of filter file'
            )
        return AnyAddress(addresses, _read_group(words, depth))
    return _read_comparison(words, word)


def _read_aliases(words: Words) -> list[str]:
    """``alias ben@ask.com``, as often as somebody has addresses."""
    aliases: list[str] = []
    while True:
        place = words.at
        if words.word(in_condition=True) != "alias":
            words.back_to(place)
            return aliases
        aliases.append(words.item(in_condition=True))


def _read_comparison(words: Words, left: str) -> Condition:
    """``$h_to: does not contain ben``; behind ``is`` (``not``) the string may follow at once."""
    wanted, itself, place = True, "", words.at
    word = words.word(in_condition=True)
    if word.lower() in ("does", "is"):
        itself = {"I": "IS", "i": "is"}.get(word[0], "")
        place = words.at
        word = words.word(in_condition=True)
        if word.lower() == "not":
            wanted, place = False, words.at
            word = words.word(in_condition=True)
    comparison = COMPARISONS.get(word, "")
    if not comparison:
        if not itself:
            raise FilterError(
                f'unrecognized condition word "{word}" near line {words.line} of filter file'
            )
        words.back_to(place)
        comparison = itself
    return Compared(left, comparison, words.item(in_condition=True), wanted)
