"""Prospects: you are the server. What may you answer, and what will the client do then?

The client's side of the bargain (RFC 5321 §4.2.1, §4.5.4): after 2yz it goes on, after 4yz it keeps
the letter and comes back, after 5yz it gives up; silence and a broken line are like 4yz. Nothing
here is a second opinion: the outcomes are drawn by the very functions that our own client uses
(results.py), so what is foretold is what happens.

    asked: RCPT TO:<bob@ask.com>
      250 2.1.5 Accepted         it goes on: the next recipient, or DATA
      451 4.7.1 Come back later  Deferred   "SMTP error … after RCPT TO:<bob@ask.com>: 451 …"
      550 5.1.1 unknown user     Failed
      (silence)                  Deferred   "SMTP timeout after RCPT TO:<bob@ask.com>"

Try: ``prospects("RCPT TO:<bob@ask.com>", "mail.ask.com", "128.10.30.2")``.
"""

from __future__ import annotations

from collections.abc import Mapping

from labmail.message.outcome import Deferred, Delivered, Failed, Outcome
from labmail.trace.meaning import Prospect

from . import replies
from .commands import verb_of
from .dialogue import END_OF_CONTENT
from .following import GREETING
from .replies import Reply
from .results import refusal, silence

GOES_ON: Mapping[str, str] = {
    GREETING: "It says who it is, by EHLO, and hears what you offer.",
    "EHLO": "It goes on with what you offered: STARTTLS, AUTH, or MAIL at once.",
    "HELO": "It goes on without extensions: MAIL.",
    "STARTTLS": "It makes the TLS handshake and says EHLO again.",
    "AUTH": "It begins its letter: MAIL.",
    "MAIL": "It names its first recipient: RCPT.",
    "RCPT": "It names the next recipient, or says DATA.",
    "DATA": "It sends the letter, and the dot.",
    END_OF_CONTENT: "It forgets its own copy: the letter is yours now, and yours to answer for.",
    "RSET": "It has nothing more to hand over here, and says QUIT.",
    "QUIT": "It closes the connection.",
}
"""What the client does when the answer is the one that it hopes for."""

WHOLE: Mapping[type, str] = {
    Deferred: "It keeps the letter and will try again.",
    Failed: "It gives up: nobody gets this letter from it.",
    Delivered: "It forgets its own copy.",
}

CLOSING = 421
"""A server that says this hangs up."""
ENDS_IN = ("QUIT", "RSET", "NOOP")
"""Verbs after which nothing depends on the answer."""

LATER: Mapping[str, Reply] = {
    GREETING: Reply(421, "Too busy, please call again", "4.3.2"),
    "RCPT": Reply(451, "Come back in a quarter of an hour", "4.7.1"),
    "STARTTLS": Reply(454, "TLS not available at the moment", "4.7.0"),
    "AUTH": replies.LOGIN_PROBLEM,
}
NEVER: Mapping[str, Reply] = {
    GREETING: Reply(554, "No mail service for you here", "5.7.1"),
    "EHLO": replies.NOT_IMPLEMENTED,
    "MAIL": Reply(550, "Nothing from this sender", "5.7.1"),
    "RCPT": Reply(550, "unknown user", "5.1.1"),
    "AUTH": replies.LOGIN_REFUSED,
    END_OF_CONTENT: Reply(554, "This looks like a thing that nobody asked for", "5.7.1"),
}
"""Answers worth trying; others are the usual ones."""


def hoped_for(verb: str, host: str) -> Reply:
    """The answer that a client hopes for after ``verb``, as ``host`` would say it."""
    usual = {
        GREETING: replies.greeting(host),
        "EHLO": Reply(250, f"{host} at your service"),
        "HELO": Reply(250, f"{host} at your service"),
        "STARTTLS": replies.READY_FOR_TLS,
        "AUTH": replies.LOGGED_IN,
        "MAIL": replies.SENDER_OK,
        "RCPT": replies.RECIPIENT_OK,
        "DATA": replies.START_CONTENT,
        END_OF_CONTENT: Reply(250, "OK, it is mine now", "2.0.0"),
        "QUIT": replies.bye(host),
    }
    return usual.get(verb, replies.OK)


def prospects(asked: str, host: str, address: str, written: int = 0) -> tuple[Prospect, ...]:
    """What the server ``host`` could do about ``asked``: a command line, `GREETING` or ``.``.

    ``written`` octets of a letter have come before the answer to its dot.
    """
    verb = asked if asked in (GREETING, END_OF_CONTENT) else verb_of(asked.encode())
    yes = hoped_for(verb, host)
    done = Delivered(str(yes), host, address) if verb == END_OF_CONTENT else None
    goes_on = GOES_ON.get(verb, "It goes on.")
    return (
        Prospect("say", _wire(yes), "yes" if yes.code < 300 else "go on", goes_on, done),
        *(_refused(reply, verb, asked, host, address) for reply in _refusals(verb)),
        *_silent(verb, _after(verb, asked, written), host, address),
    )


def _wire(reply: Reply) -> str:
    return "\n".join(reply.lines())


def _refusals(verb: str) -> tuple[Reply, Reply]:
    return LATER.get(verb, replies.LOCAL_PROBLEM), NEVER.get(verb, Reply(550, "No", "5.7.1"))


def _after(verb: str, asked: str, written: int = 0) -> str:
    """What our client calls the moment, in the outcome that it draws."""
    if verb == END_OF_CONTENT and written:
        return f"end of data ({written} bytes written)"
    return {GREETING: "initial connection", END_OF_CONTENT: "end of data"}.get(verb, asked)


def _refused(reply: Reply, verb: str, asked: str, host: str, address: str) -> Prospect:
    words = "not now" if reply.temporary else "no"
    if verb in ENDS_IN:
        return Prospect("say", _wire(reply), words, "Nothing else: it was about to leave anyway.")
    if verb == "EHLO" and reply.code != CLOSING:
        return Prospect("say", _wire(reply), words, "It tries the older way: HELO.")
    outcome = refusal(reply, _after(verb, asked), host, address)
    return Prospect("say", _wire(reply), words, _then(outcome, verb), outcome)


def _then(outcome: Outcome, verb: str) -> str:
    if verb != "RCPT":
        return WHOLE[type(outcome)]
    if isinstance(outcome, Deferred):
        return "It keeps this recipient in mind and will try again; the others may go on."
    return "It gives this recipient up; the others may go on."


def _silent(verb: str, after: str, host: str, address: str) -> tuple[Prospect, ...]:
    """No answer at all, or a broken line: nobody can know, so it is tried again (RFC 1047)."""
    patience = "ten minutes" if verb == END_OF_CONTENT else "five minutes"
    nobody_knows = " You may have it already: it may come twice." if verb == END_OF_CONTENT else ""
    found: list[Prospect] = []
    for deed, error in (("silence", TimeoutError()), ("hang up", ConnectionResetError())):
        words = f"no answer for {patience}" if deed == "silence" else "close without a word"
        outcome = None if verb in ENDS_IN else silence(error, after, host, address)
        then = WHOLE[Deferred] + nobody_knows if outcome else "Nothing: it was about to leave."
        found.append(Prospect(deed, "", words, then, outcome))  # type: ignore[arg-type]
    return tuple(found)
