"""Meaning: what a POP3 server says, explained for somebody who types the commands.

There are two answers only. What a program needs beyond them stands in brackets: a *response code*
(RFC 2449 §8), which tells "you are wrong" from "come back later". And here are the commands and the
states in a few words each, for a drawing that is made from the table in dialogue.py.

Try::

    >>> print(explain(b"-ERR [IN-USE] the maildrop is open in another session", "PASS").sentence)
    No: somebody reads this mailbox already. Nothing has changed; try again in a moment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from labmail.trace.meaning import Machine, Meaning, Move, Node, Sign, Verdict

from .dialogue import TABLE, State

STATES: Mapping[State, str] = {
    State.AUTHORIZATION: "who are you?",
    State.NAMED: "the password, please",
    State.TRANSACTION: "the mailbox is yours, and locked",
    State.UPDATE: "what is marked goes now",
}

WORDS: Mapping[str, str] = {
    "USER": "your name",
    "PASS": "your password",
    "CAPA": "what can you do?",
    "STAT": "how many, how big?",
    "LIST": "a line for each letter",
    "RETR": "show a letter",
    "DELE": "mark it as deleted",
    "NOOP": "nothing: are you there?",
    "RSET": "take the marks back",
    "TOP": "its header and a few lines",
    "UIDL": "names that stay the same",
    "QUIT": "good-bye",
}
"""What each command is for."""

STATUS: Mapping[bytes, tuple[Verdict, str, str]] = {
    b"+OK": ("done", "yes: there are only two answers", "RFC 1939 §3"),
    b"-ERR": ("no", "no: there are only two answers", "RFC 1939 §3"),
    b"+": ("go on", "go on: the server asks", "RFC 5034 §4"),
}

CODES: Mapping[str, tuple[Verdict, str, str, str]] = {
    "IN-USE": (
        "not now",
        "the mailbox is open already",
        "No: somebody reads this mailbox already. Nothing has changed; try again in a moment.",
        "RFC 2449 §8.1.2",
    ),
    "LOGIN-DELAY": (
        "not now",
        "you were here a moment ago",
        "Not so soon again. Nothing has changed.",
        "RFC 2449 §8.1.1",
    ),
    "AUTH": (
        "no",
        "login and password are at fault",
        "No: the name or the password is wrong, and nobody tells which. Begin again with USER.",
        "RFC 3206 §4",
    ),
    "SYS/TEMP": (
        "not now",
        "the system fails, for now",
        "The server has a problem that may pass. Try again later.",
        "RFC 3206 §4",
    ),
    "SYS/PERM": (
        "no",
        "the system fails, until somebody mends it",
        "The server has a problem that will not pass by itself.",
        "RFC 3206 §4",
    ),
}
"""Response codes: what they come to, in few words and in a sentence, and the law."""

MEANS: Mapping[str, tuple[str, str]] = {
    "greeting": ("The server is ready. Say USER and your name.", "There is no service now."),
    "USER": (
        "The name is noted. Whether anybody has it, nobody tells before the password.",
        "This name is not taken.",
    ),
    "PASS": (
        "You are in. The mailbox is locked: nobody else can read it until you leave.",
        "Not logged in. Begin again with USER.",
    ),
    "STAT": ("Two numbers: how many letters, and how many octets in all.", ""),
    "LIST": ("The size in octets of each letter, up to a line with only a dot.", ""),
    "UIDL": ("A name for each letter that stays the same from session to session.", ""),
    "RETR": ("The letter follows, up to a line with only a dot. It stays in the mailbox.", ""),
    "TOP": ("The header and so many lines of the body, up to a line with only a dot.", ""),
    "DELE": ("Marked. It goes at QUIT, and not before: a broken line removes nothing.", ""),
    "RSET": ("All marks are taken back.", ""),
    "CAPA": ("What this server can do, a line each, up to a line with only a dot.", ""),
    "NOOP": ("Nothing was asked, nothing was done: the line is alive.", ""),
    "QUIT": ("Good-bye. If you were logged in, what was marked is gone now.", "Not all is gone."),
}
"""What +OK and -ERR mean after each command; "" where the usual words do."""

ASIDE = ("CAPA", "NOOP")
"""Commands that bring nothing forward."""

_LINE = re.compile(rb"(\+OK|-ERR|\+)(?: |$)(?:\[([^\]\s]+)\])?(.*)", re.DOTALL)


def explain(line: bytes, after: str = "") -> Meaning:
    """What a status line means ``after`` a command (``greeting``, ``USER`` …)."""
    text = line.rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    found = _LINE.match(line.rstrip(b"\r\n"))
    if found is None:
        wants = "A reply begins with +OK or -ERR. A client cannot know what this means."
        return Meaning(text, "", wants, law="RFC 1939 §3")
    verdict, words, law = STATUS[found[1]]
    code = (Sign(found[1].decode(), words, law),)
    name = (found[2] or b"").decode("ascii", "replace").upper()
    if name not in CODES:
        return Meaning(text, verdict, _sentence(verdict, after), code, law=law)
    verdict, short, sentence, where = CODES[name]
    return Meaning(text, verdict, sentence, code, (Sign(f"[{name}]", short, where),), where)


def _sentence(verdict: Verdict, after: str) -> str:
    yes, no = MEANS.get(after, ("", ""))
    if verdict == "no":
        return no or "No. Nothing has changed; the words say why."
    return yes or ("Done." if verdict == "done" else "Go on.")


def machine(state: State, been: Collection[State] = ()) -> Machine:
    """The session as it stands in ``state``, drawn from the table that the server obeys."""
    return Machine(
        tuple(Node(s.value, STATES[s], here=s is state, been=s in been) for s in State),
        tuple(_move(name, state) for name, verb in TABLE.items() if state in verb.leads),
        tuple(_later(name) for name, verb in TABLE.items() if state not in verb.leads),
    )


def _move(name: str, state: State) -> Move:
    there = TABLE[name].leads[state][0]
    leads = "" if there is state else there.value
    return Move(name, WORDS[name], TABLE[name].law, leads, aside=name in ASIDE)


def _later(name: str) -> Move:
    leads = TABLE[name].leads
    ends = {ways[0].value for at, ways in leads.items() if ways[0] is not at}
    when = tuple(state.value for state in leads)
    return Move(name, WORDS[name], TABLE[name].law, ends.pop() if len(ends) == 1 else "", when)
