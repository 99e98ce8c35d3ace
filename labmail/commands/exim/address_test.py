"""``-bt`` and ``-bv``: where an address would go, and whether it would be accepted.

Each argument is a list of addresses with commas between them; without arguments they come from
standard input, a line each. ``-bt`` shows every branch, with router, transport and hosts; ``-bv``
says in a line whether the address is good (``-bvs``: good as a sender). The exit code is that of
the worst: 2 for one that fails, 1 for one that has to wait.

Law: Exim specification, §5.3, -bt, -bv, -bvs.

Try: ``labmail exim -bt postmaster``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.drive import drive
from labmail.exim.expansion.addresses import BadAddress, extract, pieces
from labmail.exim.regex import Panic
from labmail.exim.routing import DELIVERY, RECIPIENT, SENDER, Desk, follow
from labmail.exim.routing.redirection.reading import leniency
from labmail.exim.routing.telling import Telling
from labmail.exim.text import EMPTY, Text

from .expansion_test import lines

if TYPE_CHECKING:
    from .opening import Opened

PURPOSES = {"test": DELIVERY, "verify": RECIPIENT, "verify sender": SENDER}


def test_addresses(opened: Opened) -> int:
    """Everything that was asked; gives the exit code."""
    words = opened.request.words
    test = Test(opened)
    try:
        for word in words:
            rest = word
            while rest:
                piece = next(pieces(rest))
                test.try_address(piece)
                rest = rest[len(piece) :].lstrip(", \t\n\r\v\f")
        if not words:
            _converse(opened, test)
    except Panic as panic:
        test.log(panic.message, "MAIN PANIC DIE")
        return 1
    return test.code


def _converse(opened: Opened, test: Test) -> None:
    """Prompt, line, answer; until the end of the input."""
    caller = opened.caller
    prompting = getattr(caller.stdin, "isatty", bool)()
    caller.say("> ")
    for line in lines(caller.stdin):
        if prompting:
            caller.stdout.flush()
        test.try_address(line)
        caller.say("> ")
        if prompting:
            caller.stdout.flush()
    caller.say("\n")


class Test:
    """One address after the other; duplicates are seen among all of them."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.code = 0
        request = opened.request
        self.testing = request.action == "test"
        self.full = self.testing or request.wordy
        self.desk = Desk(
            opened.configuration,
            opened.context,
            purpose=PURPOSES[request.action],
            testing=self.testing,
            log=self.log,
        )
        self.desk.aloud = self.full
        self.lenient = leniency(opened.context.settings)
        self.telling = Telling(self.testing)

    def log(self, text: str, where: str) -> None:
        """Lines for the log: as Exim shows them where it shows much, or as in the log itself."""
        caller = self.opened.caller
        if not where:  # `debug_print`, and what a Sieve script says by the way
            caller.complain(f"{text}\n" if self.full else "")
            return
        head = f"LOG: {where}\n  " if self.full else f"{caller.stamp()} "
        caller.complain(f"{head}{text}\n")

    def try_address(self, text: str) -> None:
        """One address, as it was written."""
        caller = self.opened.caller
        try:
            found = extract(text, lenient=self.lenient)
        except BadAddress as bad:
            caller.say(f"syntax error: {bad.message}\n")
            self.code = 2
            return
        self._begin()
        followed = drive(follow(Text(found.address, tainted=True), self.desk, full=self.full))
        if followed.changed:
            caller.say(f"Address rewritten as: {followed.address}\n")
        if not followed.address:  # rewriting has made it the sender of bounces
            return
        self._explain()
        told = self.telling.full(followed) if self.full else self.telling.short(followed)
        caller.say(told)
        self.code = max(self.code, followed.code) if followed.code else self.code

    def _begin(self) -> None:
        if self.opened.request.debug is not None:
            self.desk.steps = []
        self.desk.context.variables["verify_mode"] = {SENDER: Text("S"), RECIPIENT: Text("R")}.get(
            self.desk.purpose, EMPTY
        )

    def _explain(self) -> None:
        """With -d: the questions and answers on the way."""
        if self.desk.steps:
            from labmail.exim.routing.why import sentences

            self.opened.caller.complain(sentences(self.desk.steps))
