"""The desk where every lookup is asked for.

It keeps what has been opened and what has been answered, as long as the file is the same (by
device, inode, time and size), and it does what all kinds have in common: partial matching and
defaults, ``ret=key``, the refusal of a file name that a stranger chose.

    find ──▶ is the file name tainted? ──▶ open, or open still? ──▶ for each key: remembered? ask.

Answers to queries are remembered until `forget` is called, as one Exim process does: a delivery
sees one state of a database.

Law: Exim specification, §9.2 (tainted file names), §9.5 to §9.8.

Try: ``drive(Searches(RealFiles()).find(parse("lsearch"), Text("/etc/aliases"), Text("root")))``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from labmail.exim.config.split import SPACE
from labmail.exim.errors import Deferred
from labmail.exim.files import Files
from labmail.exim.lookups.found import Found
from labmail.exim.lookups.keys import attempts
from labmail.exim.lookups.kind import Kind, parse
from labmail.exim.lookups.table import (
    QUERY,
    Answer,
    CannotOpen,
    InDomains,
    Question,
    Table,
    mark,
    module,
)
from labmail.exim.text import Text

Expand = Callable[[str], Awaitable[str]]

Shelf = dict[tuple[str, str], tuple[tuple[int, ...], Table]]
"""Tables that several desks read, each by the kind of lookup, its path, and what it is known by."""
SHARED = ("lsearch", "iplsearch")
"""Kinds whose tables lie in memory, and do not depend on who reads them."""
_OPEN = 25
"""How many files are kept open, where ``lookup_open_max`` says nothing."""
_REMEMBERED = 10_000


class _Open:
    """A table, by what its file is known, and what it has answered."""

    __slots__ = ("answers", "mark", "table")

    def __init__(self, table: Table, seen: tuple[int, ...]) -> None:
        self.table = table
        self.mark = seen
        self.answers: dict[tuple[object, ...], Answer] = {}


class Searches:
    """Looks things up, and remembers.

    ``settings`` are the main options of the configuration (``pgsql_servers``, ``sqlite_dbfile``…);
    ``names`` answers for the DNS; ``databases`` turns the path of a database into one that a
    library can open, and connects to servers. What is not handed in is not asked. Desks with the
    same ``shelf`` read a table once.
    """

    def __init__(
        self,
        files: Files,
        *,
        clock: Any = None,
        names: Any = None,
        databases: Any = None,
        settings: Mapping[str, Any] | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self.files = files
        self.clock = clock
        self.names = names
        self.databases = databases
        self.settings = settings if settings is not None else {}
        self.in_domains: InDomains | None = None
        self.log: Callable[[str], None] | None = None
        """Where a sentence about the DNS goes, if anybody keeps a log."""
        """Set by whoever can match lists, for `dns_again_means_nonexist`."""
        self.missed = ""
        """Why the last lookup found nothing, for the reader; "" if it found something."""
        self.complaint: str | None = None
        """What was wrong with the last lookup, "" if nothing was, None before the first: Exim
        shows it where it has no better words."""
        self._tables: dict[tuple[str, str], _Open] = {}
        self._shelf = shelf
        self._answers: dict[object, dict[tuple[object, ...], Answer]] = {}

    def setting(self, name: str) -> str | None:
        """A main option's value as text, None where it is not set."""
        value = self.settings.get(name)
        return None if value is None else str(value)

    def forget(self) -> None:
        """Close everything and remember nothing: the next question is asked anew."""
        self._tables.clear()
        self._answers.clear()

    async def find(
        self, kind: Kind, where: Text, key: Text, *, expand: Expand | None = None
    ) -> Found:
        """What is found under a key in a file or, for a query (``key``; ``where`` is empty), by it.

        ``expand`` expands a string in the asker's place: `wildlsearch` needs it.

        CannotOpen, with Exim's message, where there is no such file; Deferred where it can't be
        told now; ConfigError where Exim would stop altogether.
        """
        try:
            if kind.style == QUERY:
                return self._found(kind, key, await self._query(kind, key, expand))
            return await self._in_file(kind, where, key, expand)
        except (CannotOpen, Deferred) as wrong:
            self.complaint = wrong.message
            raise

    async def _in_file(self, kind: Kind, where: Text, key: Text, expand: Expand | None) -> Found:
        """What is found in a file under the first of the keys that is in it."""
        opened = self._opened(kind.name, where)
        self.complaint = ""
        answer = Answer(None, "an empty key is not looked for")
        tried = []
        for attempt in attempts(kind, key.text):
            tried.append(attempt.key)
            answer = await self._ask(opened, kind, key.like(attempt.key), expand)
            if answer.value is not None:
                return self._found(kind, key, answer, attempt.wild, attempt.fixed)
        if len(tried) > 1:
            answer = answer._replace(why=f"{where.text} has none of {', '.join(tried)}")
        return self._found(kind, key, answer)

    async def found(self, item: str, question: Question) -> bool:
        """Is the question's key found by a lookup that is an item of a list (``cdb;/file``)?"""
        word, _, where = item.partition(";")
        kind = parse(word)
        place, key = Text(where.lstrip(SPACE)), Text(question.key, question.tainted)
        if kind.style == QUERY:
            place, key = Text(""), place
        found = await self.find(kind, place, key, expand=question.expand)
        return found.value is not None

    def _opened(self, name: str, where: Text) -> _Open:
        """The table of a file: the one that is open already, if the file is still the same."""
        if where.tainted:
            words = "(null)" if self.complaint is None else self.complaint
            raise CannotOpen(words, help=f"the file name was chosen by a stranger: {where.text}")
        asked = (name, where.text)
        opened = self._tables.pop(asked, None)
        try:
            seen = mark(self.files, where.text)
        except OSError:
            seen = ()
        if opened is None or not seen or opened.mark != seen:
            opened = _Open(self._table(name, where.text, seen), seen)
        self._tables[asked] = opened
        if len(self._tables) > int(self.setting("lookup_open_max") or _OPEN):
            del self._tables[next(iter(self._tables))]
        return opened

    def _table(self, name: str, where: str, seen: tuple[int, ...]) -> Table:
        """A table that has not been asked by us: off the shelf, or opened."""
        shelf = self._shelf if self._shelf is not None and name in SHARED else {}
        lying, table = shelf.get((name, where), ((), None))
        if table is None or not seen or lying != seen:
            table = module(name).open_table(name, where, self)
            if len(shelf) >= _OPEN:
                shelf.clear()
            shelf[(name, where)] = seen, table
        return table

    async def _ask(self, opened: _Open, kind: Kind, key: Text, expand: Expand | None) -> Answer:
        self.complaint = ""
        asked = (key.text, kind.options)
        answer = opened.answers.get(asked) if kind.cached else None
        if answer is None:
            question = Question(kind.name, key.text, kind.options, key.tainted, expand)
            answer = await opened.table.find(question, self)
            _remember(opened.answers, asked, answer)
        return answer

    async def _query(self, kind: Kind, key: Text, expand: Expand | None) -> Answer:
        self.complaint = ""
        question = Question(kind.name, key.text, kind.options, key.tainted, expand)
        if not key.text:
            return self._empty_query(question)
        answers = self._answers.setdefault((kind.name, kind.option("file")), {})
        asked = (kind.options, key.text)
        answer = answers.get(asked) if kind.cached else None
        if answer is None:
            answer = await module(kind.name).find(question, self)
            self.complaint = answer.complaint
            _remember(answers, asked, answer)
        return answer

    def _empty_query(self, question: Question) -> Answer:
        """An empty query finds nothing; a kind that has a file of its own complains of it first."""
        if place := getattr(module(question.name), "place", None):
            place(question, self)
        return Answer(None, "the query is empty")

    def _found(
        self,
        kind: Kind,
        key: Text,
        answer: Answer,
        wild: str | None = None,
        fixed: str | None = None,
    ) -> Found:
        """What the asker is told. Data of the administrator's own is never tainted."""
        value = answer.value
        if value is not None and "ret=key" in kind.options:
            value = key.text
        told = None if value is None else Text(value)
        self.missed = answer.why if value is None else ""
        return Found(told, wild, fixed, answer.why, answer.authenticated)


def _remember(
    answers: dict[tuple[object, ...], Answer], asked: tuple[object, ...], answer: Answer
) -> None:
    """Keep an answer, or forget all of the same database after a question that changed it."""
    if not answer.keep:
        answers.clear()
        return
    if len(answers) >= _REMEMBERED:
        answers.clear()
    answers[asked] = answer
