"""What was made of files need not be made again while the files say the same.

A town that is started again, or a command on one of its hosts, reads the configuration and the
zones that were read a moment ago. Reading them takes long, since each line is understood; looking
whether they are the same takes nearly no time. So what was asked of the files is kept beside what
came of it::

    first time    make(files) ── read_bytes("/etc/exim4/…") ──▶ b"…"   ┐ kept, with what
                              ── stat("/etc/exim4/local")   ──▶ ENOENT  ┘ came of it
    next time     the same questions, the same answers? ──▶ that again; else make(files)

No list of what a maker looks at is needed, and so none can be wrong. Whatever else a maker goes by
must be in the ``key``; and what it makes is shared, so that nobody may change it.

Try: ``Recall().get("it", files, lambda files: files.read_text("/etc/mailname"))``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")

Question = tuple[str, tuple[Any, ...]]
"""A method, and what it was handed."""


class Answer(NamedTuple):
    """What a method gave, or the OSError that it raised."""

    value: Any
    errno: int | None = None

    @classmethod
    def of(cls, files: Any, question: Question) -> Answer:
        method, words = question
        try:
            return cls(getattr(files, method)(*words))
        except OSError as error:
            return cls(type(error), error.errno)


class Watched:
    """``files``, whatever their methods, with each question and its answer written down."""

    def __init__(self, files: Any) -> None:
        self._files = files
        self.asked: dict[Question, Answer] = {}

    def __getattr__(self, method: str) -> Callable[..., Any]:
        real = getattr(self._files, method)

        def ask(*words: Any) -> Any:
            try:
                value = real(*words)
            except OSError as error:
                self.asked[method, words] = Answer(type(error), error.errno)
                raise
            self.asked[method, words] = Answer(value)
            return value

        return ask


class Kept(NamedTuple, Generic[T]):
    """Something made, and what its maker was told."""

    key: Hashable
    asked: dict[Question, Answer]
    made: T


class Recall(Generic[T]):
    """The last ``most`` things that were made of files, the newest first."""

    def __init__(self, most: int = 16) -> None:
        self.most = most
        self._kept: tuple[Kept[T], ...] = ()

    def get(self, key: Hashable, files: Any, make: Callable[[Any], T]) -> T:
        """What ``make(files)`` gives, made anew only where ``files`` say something else than they
        did. Raises whatever it raises, and keeps nothing then."""
        known: dict[Question, Answer] = {}
        for kept in self._kept:
            if kept.key == key and all(
                _answer(files, question, known) == answer for question, answer in kept.asked.items()
            ):
                return kept.made
        watched = Watched(files)
        made = make(watched)
        self._kept = (Kept(key, watched.asked, made), *self._kept[: self.most - 1])
        return made


def _answer(files: Any, question: Question, known: dict[Question, Answer]) -> Answer:
    """Asked once, however many of those that are kept have asked it."""
    if question not in known:
        known[question] = Answer.of(files, question)
    return known[question]
