"""ACLs as the configuration writes them: asked about a letter that a program hands in here.

    c_rcpt:
      accept domains = lab.test
      deny   message = not here

From top to bottom: the first statement whose conditions all hold decides by its verb; at the end
the answer is no. `labmail.exim.expansion.acl` reads the statements; here are the conditions that
need somebody who is talking or a letter, and the modifiers that leave something behind: header
lines, words for the log. What a list's last item stood for is in $0, $1 … for all that comes after
it. A condition that is not known here, or one that cannot be found out, defers: nobody gets in
because we did not understand.

Law: Exim specification, chapter 44.

Try: ``await Asked(context).ask("c_rcpt")``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labmail.exim.errors import EximError, ExpansionFailed
from labmail.exim.expansion.acl import VERBS, Clause, Malformed, Statement, Verdict, parsed
from labmail.exim.expansion.evaluator import expand
from labmail.exim.expansion.lists import (
    match_address,
    match_domain,
    match_host,
    match_local_part,
)
from labmail.exim.text import EMPTY, Text

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context

DEPTH = 20
"""How deep ACLs may call ACLs."""
SILENT = frozenset({"delay", "endpass", "log_reject_target", "udpsend"})
"""Modifiers that leave nothing behind here."""

SAID = {"authenticated": "sender_host_authenticated", "encrypted": "tls_in_cipher"}
"""Conditions about what was said when the connection began, and where it is known."""

Verify = Callable[[str], Awaitable[str]]
"""Finds out what a ``verify`` condition says: OK, FAIL or DEFER."""


@dataclass(slots=True)
class Asked:
    """One question to ACLs: what they know, and what they leave behind."""

    context: Context
    recipient: str = ""
    log: Callable[[str], object] = lambda line: None
    verify: Verify | None = None
    added: list[str] = field(default_factory=list)
    """Header lines, each without its newline."""
    removed: list[str] = field(default_factory=list)
    controls: set[str] = field(default_factory=set)
    message: str = ""
    """What the client is told."""
    log_message: str = ""
    problem: str = ""
    """Why it could not be found out."""
    _depth: int = 0

    def __post_init__(self) -> None:
        self.context.acl = self._expanded

    async def _expanded(self, context: Context, name: Text, arguments: tuple[Text, ...]) -> Verdict:
        """``${acl{…}}`` and the condition ``acl{…}``: here more is known than elsewhere."""
        told = await self._called(" ".join([name.text, *(each.text for each in arguments)]))
        return Verdict(told, Text(self.message) if self.message else None)

    async def ask(self, name: str) -> str:
        """OK, FAIL, FAIL_DROP, DEFER or DISCARD. ``name`` may also be an ACL of its own."""
        self._depth += 1
        try:
            if self._depth > DEPTH:
                raise Malformed("ACLs call each other without end")
            return await self._run(self._statements(name))
        except EximError as problem:
            return self._defer(problem.message)
        finally:
            self._depth -= 1

    def _defer(self, problem: str) -> str:
        self.problem = self.problem or problem
        return "DEFER"

    def _statements(self, name: str) -> tuple[Statement, ...]:
        named = self.context.acls.get(name.strip())
        if named is not None:
            return parsed(tuple(getattr(line, "text", line) for line in named.lines))
        if not any(word in VERBS for word in name.split()[:1]):
            raise Malformed(f"no ACL {name}")
        return parsed((name,))

    async def _run(self, statements: tuple[Statement, ...]) -> str:
        for statement in statements:
            told, words = await self._found_out(statement)
            if told == "DEFER" and statement.verb != "warn":
                return told
            if told == "DEFER":
                why, self.problem = self.problem or "condition test deferred", ""
                self.log(f'Warning: ACL "warn" statement skipped: {why}')
            elif told == "END" or (told != "OK" and statement.verb == "require"):
                await self._speak(words)
                return "FAIL"
            elif told == "OK":
                await self._speak(words)
                if VERBS[statement.verb]:
                    return VERBS[statement.verb]
                if self.log_message:
                    self.log(f"Warning: {self.log_message}")
        self.message = self.log_message = ""
        return "FAIL"

    async def _speak(self, words: dict[str, str]) -> None:
        """What is said of a statement that counts, by what is known at its end."""
        for name, value in words.items():
            try:
                setattr(self, name, (await self._text(value)).text)
            except ExpansionFailed as failed:
                self.log(f'failed to expand ACL message "{value}": {failed.message}')

    async def _found_out(self, statement: Statement) -> tuple[str, dict[str, str]]:
        """As `_holds`, with the statement's words; what cannot be found out defers."""
        words: dict[str, str] = {}
        try:
            return await self._holds(statement, words), words
        except EximError as problem:
            return self._defer(problem.message), words

    async def _holds(self, statement: Statement, words: dict[str, str]) -> str:
        """OK, FAIL, DEFER, or END: a condition behind ``endpass`` does not hold."""
        self.message = self.log_message = ""
        ended = False
        for clause in statement.clauses:
            ended = ended or clause.name == "endpass"
            if clause.name in ("message", "log_message"):
                words[clause.name] = clause.value
                continue
            if await self._modify(clause):
                continue
            told = await self._condition(clause)
            if clause.negated and told in ("OK", "FAIL"):
                told = "FAIL" if told == "OK" else "OK"
            if told != "OK":
                return "END" if ended and told == "FAIL" else told
        return "OK"

    # ── modifiers ────────────────────────────────────────────────────────────────────────────────

    async def _modify(self, clause: Clause) -> bool:
        """Acts on a modifier; False where the clause is a condition."""
        name = clause.name
        if name in SILENT:
            return True
        if name.startswith("set "):
            self.context.acl_variables[name[4:]] = await self._text(clause.value)
        elif name == "logwrite":
            self.log((await self._text(clause.value)).text)
        elif name == "add_header":
            lines = (await self._text(clause.value)).text.strip("\n").split("\n")
            self.added += [line for line in lines if line.strip()]
        elif name == "remove_header":
            words = (await self._text(clause.value)).text.split(":")
            self.removed += [word.strip() for word in words if word.strip()]
        elif name == "control":
            self.controls.add((await self._text(clause.value)).text.strip())
        else:
            return False
        return True

    async def _text(self, value: str) -> Text:
        """The words, expanded; nothing where they fail on purpose."""
        try:
            return await expand(value, self.context)
        except ExpansionFailed as failed:
            if failed.forced:
                return EMPTY
            raise

    # ── conditions ───────────────────────────────────────────────────────────────────────────────

    async def _condition(self, clause: Clause) -> str:
        if clause.name == "condition":
            return _truth((await self._text(clause.value)).text)
        if clause.name == "acl":
            return await self._called((await self._text(clause.value)).text)
        if clause.name == "verify" and self.verify is not None:
            return await self.verify((await self._text(clause.value)).text)
        listed = await self._listed(clause.name, Text(clause.value))
        if listed is None:
            raise Malformed(f'ACL condition "{clause.name}" is not known here')
        return "OK" if listed else "FAIL"

    async def _called(self, text: str) -> str:
        words = text.split()
        before = self.context.acl_arguments
        self.context.acl_arguments = tuple(map(Text, words[1:10]))
        try:
            return await self.ask(words[0] if words else "")
        finally:
            self.context.acl_arguments = before

    async def _listed(self, name: str, listed: Text) -> bool | None:
        """Whether what the condition is about is in its list; None: it is no such condition."""
        context, known = self.context, self.context.variables
        local, _, domain = self.recipient.rpartition("@")
        sender = known.get("sender_address", EMPTY)
        if name == "domains":
            found = await match_domain(context, Text(domain.lower(), True), listed, expand=True)
            known["domain_data"] = found.value or EMPTY
        elif name == "local_parts":
            found = await match_local_part(context, Text(local, True), listed, expand=True)
            known["local_part_data"] = found.value or EMPTY
        elif name == "recipients":
            found = await match_address(context, Text(self.recipient, True), listed, expand=True)
        elif name == "senders":
            found = await match_address(context, sender, listed, expand=True)
        elif name == "sender_domains":
            domain = sender.text.rpartition("@")[2].lower()
            found = await match_domain(context, Text(domain, True), listed, expand=True)
        elif name == "hosts":
            host = known.get("sender_host_name", EMPTY), known.get("sender_host_address", EMPTY)
            found = await match_host(context, *host, listed, expand=True)
        elif name in SAID:
            value, words = known.get(SAID[name], EMPTY).text, listed.text.replace(" ", "")
            return bool(value) and (words == "*" or value in words.split(":"))
        else:
            return None
        found.leave_numbers(context)
        return bool(found)


def _truth(word: str) -> str:
    """
    >>> _truth("yes"), _truth("0"), _truth("perhaps")
    ('OK', 'FAIL', 'DEFER')
    """
    word = word.strip().lower()
    if word in ("", "0", "no", "false"):
        return "FAIL"
    return "OK" if word in ("yes", "true") or word.lstrip("-").isdigit() else "DEFER"
