"""What a list has to say: in it or not, by which item, and what the item was worth.

The *value* is what a router finds in ``$domain_data`` and a condition in ``$value``: the data that
a lookup found, or the item itself, word for word. It is how a configuration gets from what a
stranger wrote to what the administrator wrote: the item of the list is hers.

Law: Exim specification, §10.5 (results of list checking).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labmail.exim.errors import EximError
from labmail.exim.text import Text


class Match(NamedTuple):
    """The answer of a list.

    ``item`` is the item that decided, as it was written ("" if the list ended without one), and
    ``why`` a sentence. ``value`` counts only if ``told``: some checks say nothing of a value, and
    then an earlier ``$value`` lives on. ``numeric``: ``$0``, ``$1`` … to set; None: leave them.
    """

    matched: bool
    value: Text | None = None
    item: str = ""
    why: str = ""
    numeric: tuple[Text, ...] | None = None
    told: bool = True

    def __bool__(self) -> bool:
        return self.matched

    def leave(self, context: Any) -> None:
        """Put ``$value`` and the numeric variables where the rest of the string can see them."""
        if self.told:
            context.value = self.value
        self.leave_numbers(context)

    def leave_numbers(self, context: Any) -> None:
        """Put the numeric variables alone: options that are lists say nothing of ``$value``."""
        if self.numeric is not None:
            context.numeric = self.numeric


class Unknown(EximError):
    """An item that asks for something that cannot be found out: the name of an address…"""


class Subject:
    """Whoever is looked for in a list: a domain, a local part, an address, a host.

    It knows which items it understands (`test`), and gathers what they leave behind: the value, the
    numeric variables, the reason.
    """

    kind = "string"
    """For the reader, and with "named … list" in Exim's words."""
    named: str | None = None
    """The table of named lists for items such as ``+local_domains``."""
    hash_belongs = False
    """A ``#`` inside a word of a file is part of it: local parts may contain one."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.value: Text | None = None
        self.told = True
        self.numeric: tuple[Text, ...] | None = None
        self.why = ""
        self.unknown = ""
        self.deferred = ""

    def __str__(self) -> str:
        return self.text.text or f"the empty {self.kind}"

    def word(self, item: str) -> bool:
        """Is it one of the words that tell how to go on (``+caseful``)? Then it is obeyed."""
        return False

    def misses(self, item: str) -> bool:
        """Is it a plain word, and another one? Most items are, and need no more than this look."""
        return False

    async def test(self, item: Text, context: Any) -> bool:
        """Does one item, without ``!``, match? Raises Deferred, Unknown, Panic."""
        raise NotImplementedError

    def learn(self, value: Text | None) -> None:
        """Remember what the item at hand is worth."""
        self.value, self.told = value, True
