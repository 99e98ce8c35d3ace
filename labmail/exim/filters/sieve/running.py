"""Running a Sieve script: the commands that are come to, each into a deed.

Unless something was done about the letter, it is kept, as if there were no script: that is the
*implicit keep*. ``:copy`` leaves it as it is. After a mistake nothing of the script counts.

Law: RFC 5228 §2.10.2, §4; RFC 5230 §4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labmail.exim.expansion import Context
from labmail.exim.expansion.addresses import BadAddress, Groups, extract, pieces
from labmail.exim.expansion.operators.rfc2047 import decoded

from ..allowed import PLAIN, Allowed
from ..deeds import Deed, Deliver, Outcome, Reply, Save
from ..obeying import Letter
from ..personal import personal
from .matching import matches
from .reading import NUMERIC, read_script
from .tree import (
    Block,
    Command,
    Compared,
    Constant,
    Exists,
    Fileinto,
    If,
    Matching,
    Not,
    Plain,
    Redirect,
    Several,
    Size,
    Test,
    Vacation,
)
from .words import SieveError

INBOX = "inbox"


class SieveOutcome(Outcome):
    """What a script has come to. ``implicit_keep``: the letter goes into the inbox as well."""

    def __init__(self) -> None:
        super().__init__()
        self.implicit_keep = True

    @property
    def significant(self) -> bool:
        return not self.implicit_keep

    def told(self) -> str:
        """As ``exim -bf`` says it: it is of few words here."""
        if self.error:
            return f"Sieve error: {self.error}\n"
        return "Implicit keep\n" if self.implicit_keep else "No implicit keep\n"


class Stop(Exception):
    """``stop``: the script ends here."""


def run_sieve(
    text: str, context: Context, letter: Letter, allowed: Allowed = PLAIN
) -> SieveOutcome:
    """What a script comes to for the letter in the context."""
    run = _Run(context, letter)
    script = read_script(text)
    try:
        run.block(script.block)
        if script.mistake is not None:
            raise script.mistake
    except Stop:
        pass
    except SieveError as mistake:
        run.outcome = SieveOutcome()
        run.outcome.error = f"{mistake.message} in line {mistake.line}"
    return run.outcome


class _Run:
    def __init__(self, context: Context, letter: Letter) -> None:
        self.context, self.letter = context, letter
        self.outcome = SieveOutcome()
        self.answered = False
        self.why: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        found = self.context.variables.get(name)
        return "" if found is None else found.text

    @property
    def headers(self) -> list[Any]:
        message = self.context.message
        return [] if message is None else message.headers

    def block(self, block: Block) -> None:
        for command in block:
            self.obey(command)

    def obey(self, command: Command) -> None:
        if isinstance(command, If):
            self._choose(command)
        elif isinstance(command, Redirect):
            self._deed(Deliver(command.address, line=command.line, why=self.why), command.copy)
        elif isinstance(command, Fileinto):
            self._deed(Save(command.folder, line=command.line, why=self.why), command.copy)
        elif isinstance(command, Vacation):
            self._answer(command)
        else:
            self._plain(command)

    def _plain(self, command: Plain) -> None:
        if command.name == "stop":
            raise Stop
        if command.name == "keep":
            self._deed(Save(INBOX, line=command.line, why=self.why), False)
        self.outcome.implicit_keep = False

    def _choose(self, command: If) -> None:
        before = self.why
        for test, block in command.branches:
            if self.test(test):
                self.why += (repr(test),)
                self.block(block)
                break
        self.why = before

    def _deed(self, deed: Deed, copy: bool) -> None:
        """Done once, however often it was said."""
        told = deed.told()
        if all(told != other.told() for other in self.outcome.steps):
            self.outcome.steps.append(deed)
        if not copy:
            self.outcome.implicit_keep = False

    def _answer(self, command: Vacation) -> None:
        """Whoever wrote personally is told, once in so many days."""
        if self.answered:
            raise SieveError("trying to execute vacation more than once", command.line)
        self.answered = True
        sender = self.value("return_path")
        if not personal(self.headers, sender, self.letter.own, command.addresses, copies=True):
            return
        texts = {
            "to": sender,
            "from": command.sender or self.letter.own[-1],
            "subject": command.subject or self._subject(),
            "text": command.reason,
            "once": command.handle or "",
            "once_repeat": f"{command.days}d",
        }
        self.outcome.steps.append(
            Reply(texts, command="vacation", to=sender, line=command.line, why=self.why)
        )

    def _subject(self) -> str:
        subject = next(self._values("subject"), "")
        return f"Auto: {subject}" if subject else "Automated reply"

    # -- tests

    def test(self, test: Test) -> bool:
        if isinstance(test, Constant):
            return test.value
        if isinstance(test, Not):
            return not self.test(test.test)
        if isinstance(test, Several):
            asked = list(map(self.test, test.tests))
            return all(asked) if test.every else any(asked)
        if isinstance(test, Size):
            size = self.context.message.size if self.context.message is not None else 0
            return bool(size > test.limit if test.over else size < test.limit)
        if isinstance(test, Exists):
            return all(self._exists(name, test.line) for name in test.names)
        return self._compared(test)

    def _exists(self, name: str, line: int) -> bool:
        if ":" in name:
            raise SieveError("header string expansion failed", line)
        return any(True for _ in self._lines(name))

    def _compared(self, test: Compared) -> bool:
        wrong = _wrong(test.how)
        for value in (value for name in test.names for value in self._found(test, name)):
            if wrong and test.keys:
                raise SieveError(wrong, test.line)
            if any(matches(test.how, value, key) for key in test.keys):
                return True
        return False

    def _found(self, test: Compared, name: str) -> Iterator[str]:
        """The values that a header line, the addresses in it or the envelope have."""
        if test.kind == "header":
            yield from self._values(name)
        elif test.kind == "address":
            for value in self._values(name):
                for address in _addresses(value):
                    yield from _part(address, test.part)
        else:
            address = self.value("sender_address") if name == "from" else self.letter.own[-1]
            yield from _part(address, test.part)

    def _lines(self, name: str) -> Iterator[Any]:
        return (
            header for header in self.headers if header.name.rstrip(" \t").lower() == name.lower()
        )

    def _values(self, name: str) -> Iterator[str]:
        """Without blanks at both ends, and with encoded words as UTF-8."""
        for header in self._lines(name):
            text = header.value.strip(" \t\n\r\v\f").replace("\n", "")
            yield (
                decoded(text, "UTF-8", any_length=True, any_charset=True) if "=?" in text else text
            )


def _wrong(how: Matching) -> str:
    """What is wrong with the way of comparing, once there is something to compare."""
    if how.comparator == NUMERIC and how.type != ":is":
        return "comparator does not offer specified matchtype"
    if not how.required:
        return f'missing previous require "comparator-{how.comparator}";'
    return ""


def _addresses(text: str) -> Iterator[str]:
    groups = Groups()
    for piece in pieces(text):
        try:
            yield extract(piece, groups=groups).address
        except BadAddress:
            continue


def _part(address: str, part: str) -> Iterator[str]:
    """``:localpart``, ``:domain`` …; a part that is not there has no value. RFC 5233 §4"""
    local_part, at, domain = address.rpartition("@")
    if not at:
        local_part, domain = address, ""
    user, plus, detail = local_part.partition("+")
    if part == ":all":
        yield address
    elif part == ":localpart":
        yield local_part
    elif part == ":user":
        yield user
    elif part == ":detail":
        if plus:
            yield detail
    elif at:
        yield domain
