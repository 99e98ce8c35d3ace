"""Running a Sieve script: the commands that are come to, each into a deed.

Unless something was done about the letter, it is kept, as if there were no script: that is the
*implicit keep*. ``:copy`` leaves it as it is. After a mistake nothing of the script counts.

Law: RFC 5228 §2.10.2, §4; RFC 5230 §4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion import Context
from labmail.exim.expansion.addresses import BadAddress, Groups, extract, pieces
from labmail.exim.expansion.operators.rfc2047 import decoded

from ..allowed import PLAIN, Allowed
from ..deeds import Deed, Deliver, Refused, Reply, Save
from ..outcome import Outcome
from ..personal import personal
from ..run import Letter
from .extending import Flags, single
from .matching import matches
from .reading import read_script
from .testing import NUMERIC
from .tree import (
    Block,
    Command,
    Compared,
    Constant,
    Exists,
    Fileinto,
    Flagging,
    HasFlag,
    If,
    Matching,
    Not,
    Plain,
    Redirect,
    Reject,
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
        self.flags: tuple[str, ...] = ()
        """Those that a letter which is kept would have (RFC 5232)."""

    @property
    def significant(self) -> bool:
        return not self.implicit_keep

    def told(self) -> str:
        """As ``exim -bf`` says it: it is of few words here."""
        if self.error:
            return f"Sieve error: {self.error}\n"
        further = "".join(deed.told() for deed in self.steps if isinstance(deed, Refused))
        for deed in self.steps:
            if isinstance(deed, Save) and deed.flags:
                further += f"Flags in {deed.path}: {' '.join(deed.flags)}\n"
        if self.implicit_keep and self.flags:
            further += f"Flags: {' '.join(self.flags)}\n"
        return further + ("Implicit keep\n" if self.implicit_keep else "No implicit keep\n")


class Stop(Exception):
    """``stop``: the script ends here."""


def run_sieve(
    text: str, context: Context, letter: Letter, allowed: Allowed = PLAIN
) -> SieveOutcome:
    """What a script comes to for the letter in the context."""
    run = _Run(context, letter)
    script = read_script(text, vacation=allowed.vacation, extensions=allowed.sieve)
    try:
        run.block(script.block)
        if script.mistake is not None:
            raise script.mistake
    except Stop:
        pass
    except SieveError as mistake:
        run.outcome = SieveOutcome()
        run.outcome.error = f"{mistake.message} in line {mistake.line}"
    run.outcome.flags = run.flags.all
    return run.outcome


class _Run:
    def __init__(self, context: Context, letter: Letter) -> None:
        self.context, self.letter = context, letter
        self.outcome = SieveOutcome()
        self.answered = False
        self.flags = Flags()
        self.refused: Reject | None = None
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
        elif isinstance(command, Flagging):
            self.flags.change(command.name, command.flags)
        elif isinstance(command, Reject):
            self._refuse(command)
        elif self.refused is not None and not _passive(command):
            raise SieveError(f"{self.refused.name} allows no other action", command.line)
        elif isinstance(command, Redirect):
            self._deed(Deliver(command.address, line=command.line, why=self.why), command.copy)
        elif isinstance(command, Fileinto):
            self._save(command.folder, command.flags, command.line, command.copy)
        elif isinstance(command, Vacation):
            self._answer(command)
        else:
            self._plain(command)

    def _plain(self, command: Plain) -> None:
        if command.name == "stop":
            raise Stop
        if command.name == "keep":
            self._save(INBOX, command.flags, command.line, False)
        self.outcome.implicit_keep = False

    def _save(self, path: str, flags: list[str] | None, line: int, copy: bool) -> None:
        deed = Save(path, line=line, why=self.why)
        deed.flags = self.flags.all if flags is None else single(flags)
        self._deed(deed, copy)

    def _refuse(self, command: Reject) -> None:
        """Back it goes; nothing else may be done with it. RFC 5429 §2.1, §2.2"""
        if self.outcome.steps:
            raise SieveError(f"{command.name} allows no other action", command.line)
        self.refused = command
        self._deed(Refused(command.name, command.reason, line=command.line, why=self.why), False)

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
            raise SieveError("trying to execute vacation more than once", command.begins)
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
        if isinstance(test, HasFlag):
            return self._has(test.how, self.flags.all, list(single(test.flags)), test.line)
        return self._compared(test)

    def _exists(self, name: str, line: int) -> bool:
        if ":" in name:
            raise SieveError("header string expansion failed", line)
        return any(True for _ in self._lines(name))

    def _compared(self, test: Compared) -> bool:
        found = (value for name in test.names for value in self._found(test, name))
        return self._has(test.how, found, test.keys, test.line)

    def _has(self, how: Matching, values: Iterable[str], keys: list[str], line: int) -> bool:
        """Is one of the values one of the keys? ``:count`` looks at how many there are."""
        wrong = _wrong(how)
        for value in [str(len(list(values)))] if how.type == ":count" else values:
            if wrong and keys:
                raise SieveError(wrong, line)
            if any(matches(how, value, key) for key in keys):
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
            yield from self._of_envelope(name, test)

    def _of_envelope(self, name: str, test: Compared) -> Iterator[str]:
        """The sender, or whose script this is: the router may say what its parts are."""
        said = {":user": self.letter.user, ":detail": self.letter.detail}.get(test.part)
        if name == "from":
            yield from _part(self.value("sender_address"), test.part)
        elif isinstance(said, ExpansionFailed):
            raise SieveError("header string expansion failed", test.line)
        elif said is not None:
            yield said
        else:
            yield from _part(self.letter.own[-1], test.part)

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
    if how.comparator == NUMERIC and how.type != ":is" and not how.relation:
        return "comparator does not offer specified matchtype"
    if not how.required:
        return f'missing previous require "comparator-{how.comparator}";'
    return ""


def _passive(command: Command) -> bool:
    """Does a command leave the letter as it is? ``discard`` does: it is a keep less."""
    return isinstance(command, Plain) and command.name in ("stop", "discard")


def _addresses(text: str) -> Iterator[str]:
    groups = Groups()
    for piece in pieces(text):
        try:
            yield extract(piece, groups=groups).address
        except BadAddress:
            continue


def _part(address: str, part: str) -> Iterator[str]:
    """``:localpart``, ``:domain`` …; a part that is not there has no value. What parts a user from
    a detail is the administrator's affair (RFC 5233 §4): by itself nothing does."""
    local_part, at, domain = address.rpartition("@")
    if not at:
        local_part, domain = address, ""
    if part == ":all":
        yield address
    elif part in (":localpart", ":user"):
        yield local_part
    elif part == ":domain" and at:
        yield domain
