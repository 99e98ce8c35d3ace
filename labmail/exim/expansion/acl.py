"""The little of ACLs that a string can ask for: ``${acl{name}{argument}}``.

    verdict:
      accept condition = ${if eq{$acl_arg1}{pass}}
             message   = value was $acl_arg1
      deny   message   = refused $acl_arg1

An ACL is a list of statements. Each is a verb and conditions; from top to bottom, the first whose
conditions all hold decides, by its verb; at the end, the answer is no. Between the conditions
stand modifiers (``message``, ``set``), which act when they are come to.

A string is expanded without a dialogue, so conditions about recipients, hosts or the letter's
content are an error here, as they are in Exim; the ACLs of a dialogue build on this file.

Law: Exim specification, chapter 44.

Try: ``drive(ask(context, Text("verdict"), (Text("pass"),)))``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.text import EMPTY, Text

from .context import Context
from .evaluator import expand

VERBS = {
    "accept": "OK",
    "deny": "FAIL",
    "discard": "DISCARD",
    "drop": "FAIL_DROP",
    "defer": "DEFER",
    "require": "",
    "warn": "",
}
"""What a statement answers if its conditions hold; nothing: the next one is asked."""

DEPTH = 20

IGNORED = ("log_message", "log_reject_target", "logwrite", "delay", "endpass")
"""Modifiers that change nothing in the answer (``endpass`` is obeyed)."""

_NAMED = re.compile(r"[ \t]*[A-Za-z0-9_]+[ \t]*:")
"""A string that begins like an ACL of its own has no statements before that."""
_STATEMENT = re.compile(
    r"[ \t]*(?:(?P<verb>accept|deny|discard|drop|defer|require|warn)\b[ \t]*)?(?P<rest>.*)", re.S
)
_CLAUSE = re.compile(
    r"(?P<no>!?)[ \t]*(?P<name>set[ \t]+acl_[cm][A-Za-z0-9_]+|[a-z_]+)"
    r"[ \t]*(?:=[ \t]*(?P<value>.*))?",
    re.S,
)


class Verdict(NamedTuple):
    """OK, FAIL, FAIL_DROP, DEFER, DISCARD or ERROR, and what was said with it."""

    outcome: str
    message: Text | None = None


class Clause(NamedTuple):
    """A condition or a modifier."""

    name: str
    value: str
    negated: bool


class Statement(NamedTuple):
    """A verb and its clauses."""

    verb: str
    clauses: tuple[Clause, ...]


class Malformed(ExpansionFailed):
    """No ACL can be read there."""


async def ask(context: Context, name: Text, arguments: tuple[Text, ...]) -> Verdict:
    """What an ACL says, called with arguments. It may be named, or be a string of statements."""
    if context.acl is not None:
        answer: Verdict = await context.acl(context, name, arguments)
        return answer
    if context.depth >= DEPTH:
        return Verdict("ERROR")
    before = context.acl_arguments
    context.acl_arguments = arguments
    context.depth += 1
    try:
        statements = _statements(context, name.text)
        if context.searches is not None:
            context.searches.complaint = None
        return await _run(context, statements)
    except Malformed:
        return Verdict("ERROR")
    finally:
        context.depth -= 1
        context.acl_arguments = before


def _statements(context: Context, name: str) -> tuple[Statement, ...]:
    named = context.acls.get(name.strip())
    if named is not None:
        return parsed(tuple(getattr(line, "text", line) for line in named.lines))
    if not name.strip() or _NAMED.match(name):
        return ()
    return parsed((name,))


@lru_cache(maxsize=256)
def parsed(lines: tuple[str, ...]) -> tuple[Statement, ...]:
    """The statements of an ACL, from its logical lines. Raises Malformed."""
    statements: list[Statement] = []
    for line in lines:
        found = _STATEMENT.match(line)
        assert found
        if found["verb"]:
            statements.append(Statement(found["verb"], ()))
        if not statements:
            raise Malformed("an ACL begins with a verb")
        clause = _clause(found["rest"].strip())
        if clause:
            verb, clauses = statements[-1]
            statements[-1] = Statement(verb, (*clauses, clause))
    return tuple(statements)


def _clause(text: str) -> Clause | None:
    if not text:
        return None
    found = _CLAUSE.fullmatch(text)
    if found is None:
        raise Malformed(f"no condition or modifier: {text}")
    name = " ".join(found["name"].split())
    return Clause(name, (found["value"] or "").strip(), bool(found["no"]))


async def _run(context: Context, statements: tuple[Statement, ...]) -> Verdict:
    for statement in statements:
        told, message = await _hold(context, statement)
        if told in ("ERROR", "DEFER"):
            return Verdict(told, message)
        holds = told == "OK"
        if statement.verb == "require" and not holds:
            return Verdict("FAIL", message)
        if told == "END":
            return Verdict("FAIL", message)
        if holds and VERBS[statement.verb]:
            return Verdict(VERBS[statement.verb], message)
    return Verdict("FAIL")


async def _hold(context: Context, statement: Statement) -> tuple[str, Text | None]:
    """Do all conditions hold? OK, FAIL, END (past ``endpass``), DEFER or ERROR; and the message."""
    message: Text | None = None
    ended = False
    for clause in statement.clauses:
        if clause.name == "message":
            message = await _message(context, clause.value)
        elif clause.name == "endpass":
            ended = True
        elif clause.name.startswith("set "):
            try:
                context.acl_variables[clause.name[4:]] = await expand(clause.value, context)
            except ExpansionFailed as failed:
                if not failed.forced:
                    return "ERROR", None
        elif clause.name not in IGNORED:
            told = await _condition(context, clause)
            if told != "OK":
                return ("END" if ended and told == "FAIL" else told), message
    return "OK", message


async def _message(context: Context, value: str) -> Text | None:
    try:
        return await expand(value, context)
    except ExpansionFailed:
        return None


async def _condition(context: Context, clause: Clause) -> str:
    try:
        told = await _told(context, clause)
    except Deferred:
        return "DEFER"
    except Malformed:
        return "ERROR"
    except ExpansionFailed as failed:
        return "OK" if failed.forced else "ERROR"
    if clause.negated and told in ("OK", "FAIL"):
        return "FAIL" if told == "OK" else "OK"
    return told


async def _told(context: Context, clause: Clause) -> str:
    if clause.name == "condition":
        return _truth((await expand(clause.value, context)).text)
    if clause.name == "acl":
        words = (await expand(clause.value, context)).text.split()
        arguments = tuple(Text(word) for word in words[1:10])
        return (await ask(context, Text(words[0] if words else ""), arguments)).outcome
    if clause.name == "hosts":
        from .lists import match_host

        name = context.variables.get("sender_host_name", EMPTY)
        address = context.variables.get("sender_host_address", EMPTY)
        return "OK" if await match_host(context, name, address, Text(clause.value)) else "FAIL"
    raise Malformed(f"not without a dialogue: {clause.name}")


def _truth(word: str) -> str:
    """A condition is a word that says yes or no."""
    word = word.strip().lower()
    if word in ("", "0", "no", "false"):
        return "FAIL"
    if word in ("yes", "true") or re.fullmatch("[0-9]+", word):
        return "OK" if word.strip("0") or not word.isdigit() else "FAIL"
    return "DEFER"
