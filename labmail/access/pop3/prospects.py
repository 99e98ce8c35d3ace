"""Prospects: you are the POP3 server. What may you answer, and what will the mail program do then?

Less hangs on it than in SMTP: a program that is refused tells its reader, and the letters stay
where they are. What matters is the order: only QUIT removes, so whoever breaks off loses nothing.

Try: ``prospects("PASS ***", "mail.ask.com")``.
"""

from __future__ import annotations

from collections.abc import Mapping

from labmail.trace.meaning import Prospect

from . import replies
from .following import GREETING

GOES_ON: Mapping[str, tuple[str, str]] = {
    GREETING: ("+OK POP3 server ready", "It says who it is: USER."),
    "USER": ("+OK", "It says the password: PASS. Whoever reads along knows it now."),
    "PASS": ("+OK 1 message", "It asks which letters there are: UIDL."),
    "CAPA": ("+OK\nUIDL\n.", "It uses what you can do."),
    "STAT": ("+OK 1 60", "It knows how many there are."),
    "LIST": ("+OK\n1 60\n.", "It knows the sizes."),
    "UIDL": ("+OK\n1 first-letter\n.", "It fetches each letter whose name you gave: RETR."),
    "RETR": (
        "+OK\nFrom: you@ask.com\nSubject: By hand\n\nWritten by the server.\n.",
        "It shows the letter to its reader, and marks it: DELE.",
    ),
    "TOP": ("+OK\nSubject: By hand\n\n.", "It shows the header to its reader."),
    "DELE": ("+OK marked", "It goes on to the next letter, or says QUIT."),
    "QUIT": ("+OK good-bye", "It closes the connection; what it marked, you have to remove now."),
}
"""For each command the answer that is hoped for, and what the program does then."""

REFUSALS: Mapping[str, tuple[str, ...]] = {
    "USER": ("-ERR never heard of him",),
    "PASS": (str(replies.WRONG_PASSWORD), str(replies.IN_USE)),
    "RETR": ("-ERR no such message",),
}


def prospects(asked: str, host: str) -> tuple[Prospect, ...]:
    """What the server ``host`` could do about ``asked``: a command line, or `GREETING`."""
    verb = asked.split(" ")[0].upper() if asked != GREETING else asked
    line, then = GOES_ON.get(verb, ("+OK", "It goes on."))
    gives_up = "It tells its reader what you said. Nothing is removed."
    return (
        Prospect("say", line, "yes", then),
        *(Prospect("say", no, "no", gives_up) for no in REFUSALS.get(verb, ("-ERR not today",))),
        Prospect("silence", "", "no answer for five minutes", "It gives up. Nothing is removed."),
        Prospect("hang up", "", "close without a word", "It gives up. Nothing is removed."),
    )
