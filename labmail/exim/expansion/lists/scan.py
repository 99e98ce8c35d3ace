"""From left to right through a list, until an item decides.

::

    !spam.example : *.example : /etc/more-domains : +partners

    item        the first that matches decides: in the list
    !item       … or, if it is negative, not in it
    end         nothing matched: the opposite of what the last item would have said
    /file       its lines are items, too
    +name       a list that has a name: if the subject is in that list, the item matches

Some items cannot be decided now (a name server is silent: Deferred) or not at all (an address has
no name: Unknown). Words in a list of hosts say what happens then: ``+include_unknown`` takes it for
a match, ``+ignore_unknown`` goes on, and without a word the subject is not in the list.

Exim follows a list that leads back to itself until it crashes; here that is an error.

Law: Exim specification, §10.1 to §10.8; §10.15 and §10.17 for what is unknown.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable
from typing import Any

from labmail.exim.config.split import SPACE, split
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.lists.match import Match, Subject, Unknown
from labmail.exim.expansion.lists.pattern import lower
from labmail.exim.regex import Panic
from labmail.exim.text import Text

Cache = dict[tuple[str, ...], Match]
"""What lists have answered about one subject, while one message is dealt with: those with a name,
and those that are made of names, such as ``! +local_domains``, which many routers ask."""


async def scan(
    subject: Subject,
    listed: Text,
    context: Any,
    *,
    expand: bool = False,
    cache: Cache | None = None,
    single: bool = False,
) -> Match:
    """Is the subject in the list? ``single``: the list is one item, whatever it contains.

    Raises Deferred, and Panic where Exim ends.
    """
    walk, written = _Walk(subject, context, cache), listed.text
    asked = (subject.named or "", written)
    lasts = cache is not None and not single and OF_NAMES(written) is not None
    if cache is not None and lasts and asked in cache:
        return cache[asked]
    if expand and not single:
        text = await walk.expanded(listed)
        if text is None:
            return subject_match(subject, False, "", "the list was forced to fail")
        listed = text
    try:
        answer = await walk.through(listed, written, single)
        if cache is not None and lasts and walk.settled:
            cache[asked] = answer
        return answer
    except Deferred:
        subject_match(subject, False, "", "").leave(context)
        raise


def subject_match(subject: Subject, matched: bool, item: str, why: str) -> Match:
    """The answer, with all that the subject has gathered."""
    return Match(matched, subject.value, item, why, subject.numeric, subject.told)


OF_NAMES = re.compile(r"\s*!?\s*\+[\w\s!+:]*").fullmatch
"""Is a list made of names alone?"""

NESTED = 60
"""How many named lists may be open, one inside the other."""

NOTHING_SAID = "NULL"
"""What Exim shows for a complaint that nobody has made yet."""


class _Walk:
    """One scan, with the named lists that it is inside of."""

    def __init__(self, subject: Subject, context: Any, cache: Cache | None) -> None:
        self.subject = subject
        self.context = context
        self.cache = cache
        self.inside: list[str] = []
        self.settled = True
        """Nothing on the way depended on an expansion: the answer may be kept."""

    async def expanded(self, listed: Text) -> Text | None:
        """A list that is expanded before use; None if it forces a failure."""
        if "$" not in listed.text and "\\" not in listed.text:
            return listed
        from labmail.exim.expansion.evaluator import expand

        variables = self.context.variables
        lend = self.subject.kind == "domain" and not variables.get("domain")
        if lend:
            variables["domain"] = self.subject.text.like(lower(self.subject.text.text))
        try:
            return await expand(listed.text, self.context)
        except ExpansionFailed as failed:
            if failed.forced:
                return None
            raise Deferred(
                _last_words(self.context),
                help=f'failed to expand "{listed.text}" while checking a list: {failed.message}',
            ) from None
        finally:
            if lend:
                del variables["domain"]

    async def through(self, listed: Text, written: str, single: bool = False) -> Match:
        """All items of a list that has been expanded from what was ``written``."""
        subject, positive = self.subject, True
        whole = listed.text.strip(SPACE)
        items: Iterable[str] = ((whole,) if whole else ()) if single else split(listed.text)
        for item in items:
            if subject.misses(item):
                positive = True
                continue
            if item.startswith("+") and subject.word(item):
                continue
            pattern, positive = sign_of(item)
            if pattern.startswith("/"):
                path = listed.like(pattern)
                answer, positive = await self._file(item, path, positive, written)
            elif pattern.startswith("+") and subject.named:
                answer = await self._named(item, pattern, positive)
            else:
                answer = await self._item(item, listed.like(pattern), positive)
            if answer is not None:
                return answer
        return subject_match(subject, not positive, "", self._at_the_end(positive))

    async def _item(
        self, item: str, pattern: Text, positive: bool, *, worth: Text | None = None
    ) -> Match | None:
        """An item by itself. None: go on with the next one. ``worth``: what its value is."""
        subject = self.subject
        try:
            if not await subject.test(pattern, self.context):
                return None
        except Deferred as later:
            return self._deferred(item, pattern.text, later)
        except Unknown as unknown:
            return self._unknown(item, unknown)
        if worth is not None:
            subject.learn(worth)
        return subject_match(subject, positive, item, _because(subject, item, positive))

    def _deferred(self, item: str, pattern: str, later: Deferred) -> Match | None:
        if self.subject.deferred == "ignore":
            return None
        message = later.message
        if message == NOTHING_SAID:
            message = f'DNS lookup of "{pattern}" deferred'
        if self.subject.deferred == "include":
            return Match(True, None, item, f"{message}: accepted by +include_defer")
        raise Deferred(message, help=later.help) from None

    def _unknown(self, item: str, unknown: Unknown) -> Match | None:
        if self.subject.unknown == "ignore":
            return None
        included = self.subject.unknown == "include"
        word = "accepted by +include_unknown" if included else "so it counts as not in the list"
        return subject_match(self.subject, included, item, f"{unknown.message}: {word}")

    async def _named(self, item: str, pattern: str, positive: bool) -> Match | None:
        """``+name``: another list, with an answer of its own."""
        subject, name = self.subject, pattern[1:]
        table = self.context.named.get(subject.named) or {}
        if name not in table:
            raise Deferred(
                _last_words(self.context),
                help=f'unknown named {subject.kind} list "{pattern}"',
            )
        answer = await self._ask_named(name, table[name])
        if not answer.matched:
            return None
        why = f"{subject} is in the {subject.kind} list {name}"
        if answer.why != f"{subject} is in the list":
            why += f": {answer.why}"
        return subject_match(subject, positive, item, why if positive else f"{why}; ! excludes it")

    async def _ask_named(self, name: str, named: Any) -> Match:
        """What a named list says; remembered where it says the same each time."""
        subject = self.subject
        asked = (subject.named or "", "+", name)
        known = None if self.cache is None else self.cache.get(asked)
        if known is not None:
            subject.learn(known.value)
            return known
        if name in self.inside:
            way = " includes ".join([*self.inside[self.inside.index(name) :], name])
            raise Deferred(f"the named {subject.kind} list {name} includes itself: {way}")
        if len(self.inside) >= NESTED:
            raise Deferred(f"the named {subject.kind} list {name} is inside {NESTED} others")
        constant = named.cache or "$" not in named.text
        self.inside.append(name)
        outer, self.settled = self.settled, True
        listed = await self.expanded(Text(named.text))
        if listed is None:
            answer = subject_match(subject, False, "", "it was forced to fail")
        else:
            answer = await self.through(listed, named.text)
        self.inside.pop()
        settled = self.settled and constant
        self.settled = outer and settled
        if self.cache is not None and settled:
            self.cache[asked] = answer
        return answer

    async def _file(
        self, item: str, path: Text, positive: bool, written: str
    ) -> tuple[Match | None, bool]:
        """The lines of a file. Also: the sign of its last item, in case the list ends here."""
        sign = positive
        for line in _lines(self._read(item, path, written), self.subject.hash_belongs):
            pattern, sign = sign_of(line, positive)
            own = Text(pattern)
            answer = await self._item(f"{line} (in {item})", own, sign, worth=own)
            if answer is not None:
                return answer, sign
        return None, sign

    def _read(self, item: str, path: Text, written: str) -> str:
        help = ""
        try:
            if path.tainted:
                help = f"the file name was chosen by a stranger: {path.text}"
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            data: bytes = self.context.files.read_bytes(path.text)
        except IsADirectoryError:
            return ""
        except OSError as problem:
            said = os.strerror(problem.errno) if problem.errno else str(problem)
            told = f'failed to open {item} when checking "{written}": {said}'
            raise Panic(told, help=help) from None
        return data.decode("latin-1")

    def _at_the_end(self, positive: bool) -> str:
        if positive:
            return f"no item of the list matches {self.subject}"
        return f"no item matches {self.subject}, and the last one is negative: all others are in"


def sign_of(item: str, positive: bool = True) -> tuple[str, bool]:
    """An item without its ``!``, and whether it is positive."""
    if item.startswith("!"):
        return item[1:].lstrip(SPACE), not positive
    return item, positive


def _because(subject: Subject, item: str, positive: bool) -> str:
    return subject.why if positive else f"{subject.why}, and {item} excludes it"


def _lines(text: str, hash_belongs: bool) -> Iterable[str]:
    """The items of a file: a line each, without comments and empty lines.

    >>> list(_lines("a#b # c\\n\\n# d", True)), list(_lines("a#b", False))
    (['a#b'], ['a'])
    """
    for line in text.split("\n"):
        at = line.find("#")
        while at > 0 and hash_belongs and line[at - 1] not in SPACE:
            at = line.find("#", at + 1)
        item = (line if at < 0 else line[:at]).strip(SPACE)
        if item:
            yield item


def _last_words(context: Any) -> str:
    """The complaint of the last lookup: that is what Exim shows for a list that has no name."""
    words = getattr(context.searches, "complaint", None)
    return NOTHING_SAID if words is None else str(words)
