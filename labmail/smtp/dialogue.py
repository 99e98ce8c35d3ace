"""The dialogue: what may be said when. The whole order of SMTP in one table.

A session is always in one state, and each state knows which verbs may come and where they lead
(RFC 5321 §3.3, §4.1.4). Read a line of the table as "once we are here, that verb leads there"::

                  EHLO      MAIL      RCPT          DATA        "."
    connected ──▶ greeted ──▶ sender ──▶ recipients ──▶ content ──▶ greeted
                     ▲         RSET        RSET   │                  ▲
                     └──────────┴───────────┘     └ BDAT ▶ chunks ───┘ BDAT … LAST

What is not in the table is answered with 503, and the reply says what should have come first. One
table for all: the server asks `next_state`, the notebook draws `mermaid`, the tests walk each cell.

A refused command changes nothing: the state moves only when the reply is 2yz or 3yz.

Try: ``python -m labmail.smtp dialogue``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from . import replies
from .replies import Reply


class State(StrEnum):
    """Where a session stands."""

    CONNECTED = "connected"
    """Nobody has said hello; also just after STARTTLS, when all is forgotten (RFC 3207 §4.2)."""
    GREETED = "greeted"
    """No letter begun."""
    SENDER = "sender known"
    """MAIL was accepted: who shall get it?"""
    RECIPIENTS = "recipients known"
    """At least one RCPT was accepted: ready for the letter."""
    CONTENT = "content"
    """Between 354 and the dot: lines are the letter, not commands."""
    CHUNKS = "chunks"
    """A piece of the letter has come by BDAT, and it was not the last (RFC 3030)."""
    REFUSED = "refused"
    """The greeting was a refusal; only QUIT is left (RFC 5321 §3.1)."""
    CLOSED = "closed"


C, G, S, R, D, K, X, Q = State  # a letter each, so that the table can be seen at a glance

END_OF_CONTENT = "."
"""The pseudo-verb that ends a letter's content: a line with nothing but a dot (§4.1.1.4)."""

LAST_CHUNK = "BDAT LAST"
"""The pseudo-verb for the chunk that ends a letter: BDAT, whose argument says LAST (RFC 3030)."""

AT_ANY_TIME = ("NOOP", "HELP", "VRFY", "EXPN")
"""Verbs that change nothing and may always come (RFC 5321 §4.1.4)."""


def _any(state: State) -> dict[str, State]:
    return dict.fromkeys(AT_ANY_TIME, state)


TABLE: Mapping[State, Mapping[str, State]] = {
    C: {"EHLO": G, "HELO": G, "RSET": C, **_any(C), "QUIT": Q},
    G: {"EHLO": G, "HELO": G, "STARTTLS": C, "AUTH": G, "MAIL": S, "RSET": G, **_any(G), "QUIT": Q},
    S: {"EHLO": G, "HELO": G, "STARTTLS": C, "RCPT": R, "RSET": G, **_any(S), "QUIT": Q},
    R: {
        **{"EHLO": G, "HELO": G, "STARTTLS": C, "RCPT": R, "DATA": D, "BDAT": K, LAST_CHUNK: G},
        **{"RSET": G, **_any(R), "QUIT": Q},
    },
    D: {END_OF_CONTENT: G},
    K: {"EHLO": G, "HELO": G, "BDAT": K, LAST_CHUNK: G, "RSET": G, **_any(K), "QUIT": Q},
    X: {"QUIT": Q},
    Q: {},
}

VERBS = tuple(dict.fromkeys(verb for row in TABLE.values() for verb in row if verb.isalpha()))
"""Every verb that is known here."""

_OUT_OF_ORDER: Mapping[State, Mapping[str, Reply]] = {
    C: {"STARTTLS": replies.EHLO_FIRST, "AUTH": replies.EHLO_FIRST},
    G: dict.fromkeys(("RCPT", "DATA", "BDAT"), replies.SENDER_FIRST),
    S: {"MAIL": replies.SENDER_KNOWN, **dict.fromkeys(("DATA", "BDAT"), replies.RECIPIENT_FIRST)},
    R: {"MAIL": replies.SENDER_KNOWN},
    K: dict.fromkeys(("MAIL", "RCPT", "DATA"), replies.CHUNKS_BEGUN),
}
_USUALLY: Mapping[State, Reply] = {C: replies.HELLO_FIRST, X: replies.ONLY_QUIT}


def next_state(state: State, verb: str) -> State | Reply:
    """Where ``verb`` leads from ``state`` if it succeeds, or the 503 that says why it may not come.

    >>> next_state(State.GREETED, "MAIL")
    <State.SENDER: 'sender known'>
    >>> str(next_state(State.CONNECTED, "MAIL"))
    '503 5.5.1 HELO or EHLO required'
    """
    there = TABLE[state].get(verb)
    if there is not None:
        return there
    usual = _USUALLY.get(state, replies.IN_TRANSACTION)
    return _OUT_OF_ORDER.get(state, {}).get(verb, usual)


def allowed(state: State) -> tuple[str, ...]:
    """The verbs that may come now, in the table's order."""
    return tuple(TABLE[state])


def mermaid() -> str:
    """The table as a Mermaid state diagram; verbs that change nothing are left out."""
    lines = ["stateDiagram-v2", "    [*] --> connected"]
    for state, row in TABLE.items():
        for there in dict.fromkeys(row.values()):
            verbs = [verb for verb, end in row.items() if end is there]
            if there is not state:
                lines.append(f"    {_node(state)} --> {_node(there)}: {' / '.join(verbs)}")
    return "\n".join([*lines, "    closed --> [*]"])


def _node(state: State) -> str:
    return state.value.replace(" ", "_")
