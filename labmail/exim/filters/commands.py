"""Commands: a filter's text as a tree, mistakes found before anything is done.

    # Exim filter
    if $h_subject: contains urgent then
      unseen deliver ben@ask.com             Deliver, not significant
    elif error_message then
      finish
    else
      save $home/mail/rest 640
    endif

A command begins with ``seen``, ``unseen`` or ``noerror`` where its author wants to say how much it
counts. Arguments are kept as they are written: they are expanded when the command is obeyed.

Law: "Exim's interfaces to mail filtering", §3.8 to §3.21.

Try::

    >>> [command.name for command in read_filter("# Exim filter\\nsave a unseen pipe b")]
    ['save', 'pipe']
"""

from __future__ import annotations

from collections.abc import Callable

from .conditions import read_condition
from .mistakes import DEEPEST, NESTED_TOO_DEEP, FilterError
from .tree import MAIL_TEXTS, Command, If, Mail, Step
from .words import Words

VACATION = {
    "file": ".vacation.msg",
    "log": ".vacation.log",
    "once": ".vacation",
    "once_repeat": "7d",
    "subject": "On vacation",
}


def read_filter(
    text: str, *, system: bool = False, may: frozenset[str] = frozenset()
) -> list[Step]:
    """The commands of a filter. ``may``: which of fail, freeze, defer it may say.

    Raises FilterError.
    """
    return _Reader(text, system, may).everything()


class _Reader:
    def __init__(self, text: str, system: bool, may: frozenset[str]) -> None:
        self.words = Words(text)
        self.system, self.may = system, may
        self.depth = 0

    def fail(self, text: str) -> FilterError:
        return FilterError(f"{text} near line {self.words.line} of filter file")

    def everything(self) -> list[Step]:
        steps, end = self.block()
        if end:
            raise self.fail(f'unexpected "{end}" command')
        return steps

    def block(self) -> tuple[list[Step], str]:
        """Commands up to the end, or up to ``elif``, ``else``, ``endif``: which it was."""
        steps: list[Step] = []
        while not self.words.ended:
            step = self.command()
            if isinstance(step, str):
                return steps, step
            steps.append(step)
        return steps, ""

    def command(self) -> Step | str:
        """One command with the words before it."""
        seen: bool | None = None
        noerror = False
        while True:
            word = self.words.word()
            if word in ("seen", "unseen"):
                if self.words.ended:
                    raise self._alone('"seen" or "unseen"')
                if seen is not None:
                    raise FilterError(f'"seen" or "unseen" repeated near line {self.words.line}')
                seen = word == "seen"
            elif word == "noerror":
                if self.words.ended:
                    raise self._alone('"noerror"')
                noerror = True
            else:
                break
        return self._named(word, seen, noerror)

    def _alone(self, what: str) -> FilterError:
        return FilterError(f"{what} near line {self.words.line} is not followed by a command")

    def _named(self, word: str, seen: bool | None, noerror: bool) -> Step | str:
        said = seen is not None or noerror
        if word in ("elif", "else", "endif"):
            return self._closing(word, said)
        if word == "if":
            if said:
                raise self._misplaced(word)
            return self._if()
        if word not in READERS:
            raise self.fail(f'unknown filtering command "{word}"')
        if said and word in ("add", "headers"):
            raise self._misplaced(word)
        command = READERS[word](self, word)
        command.seen, command.noerror = seen, noerror
        return command

    def _misplaced(self, word: str) -> FilterError:
        found = f'found before an "{word}" command near line {self.words.line}'
        return FilterError(f'"seen", "unseen", or "noerror" {found}')

    def _closing(self, word: str, said: bool) -> str:
        if self.depth == 0:
            raise self.fail(f'unexpected "{word}" command')
        if said:
            raise self._alone('"seen", "unseen", or "noerror"')
        return word

    def _if(self) -> If:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FilterError(NESTED_TOO_DEEP % self.words.line)
        found = If()
        end = "elif"
        while end == "elif":
            condition = read_condition(self.words, "then")
            steps, end = self.block()
            found.branches.append((condition, steps))
        if end == "else":
            found.otherwise, end = self.block()
            if end in ("elif", "else"):
                raise self.fail('"endif" missing')
        if not end:
            raise FilterError('"endif" missing at end of filter file')
        self.depth -= 1
        return found

    # -- each kind of command

    def argument(self, name: str) -> str:
        given = self.words.item()
        if not given:
            raise self.fail(f'"{name}" requires an argument')
        return given

    def plain(self, name: str) -> Command:
        """A command with one argument."""
        return Command(name, (self.argument(name),), self.words.line)

    def logwrite(self, name: str) -> Command:
        """A line for a log: it gets its line end before it is expanded."""
        line = self.argument(name)
        line = line if line.endswith("\n") else f"{line}\n"
        return Command(name, (line,), self.words.line)

    def deliver(self, name: str) -> Command:
        """An address, and perhaps to whom its bounces go."""
        arguments = [self.argument(name)]
        place = self.words.at
        if self.words.word() == "errors_to":
            arguments.append(self.words.item())
        else:
            self.words.back_to(place)
        return Command(name, tuple(arguments), self.words.line)

    def file(self, name: str) -> Command:
        """A file, and perhaps its mode: whatever begins with a digit."""
        arguments = [self.argument(name)]
        if self.words.next.isdigit() and self.words.next.isascii():
            arguments.append(self.words.word())
        return Command(name, tuple(arguments), self.words.line)

    def add(self, name: str) -> Command:
        """``add 2 to n3``."""
        number = self.argument(name)
        try:
            to = self.words.item()
        except FilterError:
            self.words.pass_space()
            to = ""
        if to != "to":
            raise self.fail('"to" expected in "add" command')
        variable = self.words.item()
        if not variable:
            raise self.fail('value missing after "to"')
        return Command(name, (number, variable), self.words.line)

    def headers(self, name: str) -> Command:
        """``headers add "X-Seen: yes"``."""
        what = self.argument(name)
        if what not in ("add", "remove", "charset"):
            if self.system:
                raise self.fail('"add", "remove", or "charset" expected after "headers"')
            raise self._system_only()
        if what != "charset" and not self.system:
            raise self._system_only()
        value = self.words.item()
        if not value:
            raise self.fail('value missing after "add", "remove", or "charset"')
        return Command(name, (what, value), self.words.line)

    def _system_only(self) -> FilterError:
        return self.fail("header addition and removal is available only in system filters:")

    def finish(self, name: str) -> Command:
        return Command(name, (), self.words.line)

    def force(self, name: str) -> Command:
        """``fail``, ``freeze``, ``defer``, with or without a text."""
        if name not in self.may:
            raise self.fail(f'filtering command "{name}" is disabled:')
        place = self.words.at
        text = ""
        if self.words.next == '"' or self.words.word() == "text":
            text = self.words.item()
        else:
            self.words.back_to(place)
        return Command(name, (text,), self.words.line)

    def mail(self, name: str) -> Mail:
        """An answer: pairs of a word and a text in any order."""
        mail = Mail(name, self.words.line)
        while not self.words.ended:
            place = self.words.at
            word = self.words.word()
            if word in MAIL_TEXTS:
                mail.texts[word] = self.words.item()
            elif word == "return":
                self._followed(word, "message", " ")
                mail.return_message = True
            elif word == "expand":
                self._followed(word, "file", " ")
                mail.texts["file"] = self.words.item()
                mail.expand_file = True
            else:
                self.words.back_to(place)
                break
        mail.line = self.words.line
        if name == "vacation":
            mail.expand_file = mail.expand_file or "file" not in mail.texts
            mail.texts = VACATION | mail.texts
        return mail

    def _followed(self, word: str, by: str, blank: str) -> None:
        if self.words.word() != by:
            raise self.fail(f'"{word}" not followed by "{by}"{blank}')


READERS: dict[str, Callable[[_Reader, str], Command]] = {
    "add": _Reader.add,
    "defer": _Reader.force,
    "deliver": _Reader.deliver,
    "fail": _Reader.force,
    "finish": _Reader.finish,
    "freeze": _Reader.force,
    "headers": _Reader.headers,
    "logfile": _Reader.file,
    "logwrite": _Reader.logwrite,
    "mail": _Reader.mail,
    "pipe": _Reader.plain,
    "save": _Reader.file,
    "testprint": _Reader.plain,
    "vacation": _Reader.mail,
}
"""Who reads which command."""
