"""The verbs and the states in a few words each: what a person wants to know who speaks by hand.

dialogue.py says *when* a verb may come; here stands what it is *for*, and where the law is. Every
verb and every state of that table has its words (a test sees to it).

Try: ``machine(State.SENDER)``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from labmail.trace.meaning import Machine, Move, Node

from .dialogue import AT_ANY_TIME, END_OF_CONTENT, LAST_CHUNK, TABLE, State

STATES: Mapping[State, str] = {
    State.CONNECTED: "nobody has said hello",
    State.GREETED: "no letter begun",
    State.SENDER: "who shall get it?",
    State.RECIPIENTS: "ready for the letter",
    State.CONTENT: "the letter flows, until a line with only a dot",
    State.CHUNKS: "a piece has come, the next is awaited",
    State.REFUSED: "no service for you here",
    State.CLOSED: "nobody listens any more",
}

WORDS: Mapping[str, tuple[str, str]] = {
    "EHLO": ("say who you are", "RFC 5321 §4.1.1.1"),
    "HELO": ("the older way", "RFC 5321 §4.1.1.1"),
    "STARTTLS": ("go on where nobody can read along", "RFC 3207 §4"),
    "AUTH": ("log in", "RFC 4954 §4"),
    "MAIL": ("the envelope's sender", "RFC 5321 §4.1.1.2"),
    "RCPT": ("one for each recipient", "RFC 5321 §4.1.1.3"),
    "DATA": ("the letter comes now", "RFC 5321 §4.1.1.4"),
    "BDAT": ("the letter in pieces of known size", "RFC 3030 §2"),
    "RSET": ("forget this envelope", "RFC 5321 §4.1.1.5"),
    "NOOP": ("nothing: is anybody there?", "RFC 5321 §4.1.1.9"),
    "HELP": ("which commands are there?", "RFC 5321 §4.1.1.8"),
    "VRFY": ("does this mailbox exist?", "RFC 5321 §4.1.1.6"),
    "EXPN": ("who is on this list?", "RFC 5321 §4.1.1.7"),
    "QUIT": ("good-bye", "RFC 5321 §4.1.1.10"),
    END_OF_CONTENT: ("alone on a line: the end", "RFC 5321 §4.1.1.4"),
    LAST_CHUNK: ("the last piece", "RFC 3030 §2"),
}


def machine(
    state: State, been: Collection[State] = (), *, offered: Collection[str] | None = None
) -> Machine:
    """The dialogue as it stands in ``state``, drawn from the table that the server obeys.

    ``been`` are the states that were passed. ``offered`` are the extensions that the server named
    in its answer to EHLO; where they are known, what it does not offer is left out.
    """
    verbs = [verb for verb in dict.fromkeys(v for row in TABLE.values() for v in row)]
    shown = [verb for verb in verbs if _is_offered(verb, offered)]
    here = TABLE[state]
    return Machine(
        tuple(_node(each, state, been) for each in State if _is_drawn(each, state)),
        tuple(_move(verb, _leads(state, here[verb])) for verb in _usual(shown) if verb in here),
        tuple(_later(verb) for verb in _usual(shown) if verb not in here and verb.isalpha()),
    )


def _is_offered(verb: str, offered: Collection[str] | None) -> bool:
    optional = {"STARTTLS": "STARTTLS", "AUTH": "AUTH", "BDAT": "CHUNKING", LAST_CHUNK: "CHUNKING"}
    return offered is None or verb not in optional or optional[verb] in offered


def _usual(verbs: Collection[str]) -> list[str]:
    """The verbs that bring a letter on its way first, those that change nothing last."""
    return sorted(verbs, key=lambda verb: (verb in AT_ANY_TIME, list(WORDS).index(verb)))


def _is_drawn(each: State, state: State) -> bool:
    """A refused greeting, and a letter in pieces, are drawn only where they are the state."""
    return each is state or each not in (State.REFUSED, State.CHUNKS)


def _node(each: State, state: State, been: Collection[State]) -> Node:
    return Node(each.value, STATES[each], here=each is state, been=each in been)


def _leads(state: State, there: State) -> str:
    return "" if there is state else there.value


def _move(verb: str, leads: str = "", when: tuple[str, ...] = ()) -> Move:
    words, law = WORDS[verb]
    return Move(verb, words, law, leads, when, verb in AT_ANY_TIME)


def _later(verb: str) -> Move:
    when = [state.value for state, row in TABLE.items() if verb in row]
    there = {TABLE[state][verb].value for state in TABLE if verb in TABLE[state]}
    return _move(verb, there.pop() if len(there) == 1 else "", tuple(when))
