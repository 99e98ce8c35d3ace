"""Meaning: what a reply says, digit by digit, to somebody who types the commands.

The first digit is the only one that a program needs; the second says what it is about; the third is
just a number, so the code as a whole is looked up. The enhanced code repeats the first digit and
then says more exactly what went wrong. What a reply *means* also depends on what was asked: 250
behind MAIL promises nothing, 250 behind the dot takes over the responsibility.

    250 2.0.0 OK id=1wA…      after "."    the letter is theirs now (RFC 5321 §6.1)
    250 2.1.5 Accepted        after RCPT   this recipient is welcome

Law: RFC 5321 §4.2 (codes), RFC 3463 and its registry (enhanced codes), RFC 2034 (in SMTP).

Try::

    >>> print(explain(Reply(550, "unknown user", "5.1.1"), after="RCPT").sentence)
    No for this recipient, and asking again will not help. Others of the same letter may be taken.
"""

from __future__ import annotations

from collections.abc import Mapping

from labmail.trace.meaning import Meaning, Sign, Verdict

from .replies import Reply

VERDICTS: Mapping[int, Verdict] = {2: "done", 3: "go on", 4: "not now", 5: "no"}

FIRST = {
    2: "done",
    3: "so far fine: go on, I wait for more",
    4: "not now: the same again later may work",
    5: "no: the same again will not work",
}
"""RFC 5321 §4.2.1, the first digit."""

SECOND = {
    0: "about the command itself, its syntax or its place",
    1: "information, an answer to a question",
    2: "about the connection",
    3: "about who you are",
    5: "about the mail system: can the wish be granted?",
}
"""RFC 5321 §4.2.1, the second digit; x3z is RFC 4954's."""

CODES: Mapping[int, tuple[str, str]] = {
    211: ("a report of the system's state", "RFC 5321 §4.2.3"),
    214: ("help, for people", "RFC 5321 §4.1.1.8"),
    220: ("ready", "RFC 5321 §4.2.3"),
    221: ("good-bye, the connection closes", "RFC 5321 §4.1.1.10"),
    235: ("you are who you say", "RFC 4954 §6"),
    250: ("what you asked for is done", "RFC 5321 §4.2.3"),
    251: ("not here, but I pass it on", "RFC 5321 §3.4"),
    252: ("I cannot tell, but would try", "RFC 5321 §3.5.3"),
    334: ("the next question of the login, in base64", "RFC 4954 §4"),
    354: ("send the letter, end it with a line that is only a dot", "RFC 5321 §4.1.1.4"),
    421: ("I have to close the connection", "RFC 5321 §3.8"),
    432: ("the password has to be changed first", "RFC 4954 §6"),
    450: ("the mailbox cannot be used at the moment", "RFC 5321 §4.2.3"),
    451: ("something failed on my side", "RFC 5321 §4.2.3"),
    452: ("no room, or too many at once", "RFC 5321 §4.2.3"),
    454: ("not possible for the moment: login or TLS", "RFC 4954 §6, RFC 3207 §4"),
    455: ("the parameters cannot be met now", "RFC 5321 §4.1.1.11"),
    500: ("I do not know this word, or the line is too long", "RFC 5321 §4.2.4"),
    501: ("I know the word, but not what follows it", "RFC 5321 §4.2.4"),
    502: ("I know the word, but do not do that here", "RFC 5321 §4.2.4"),
    503: ("not now: commands have an order", "RFC 5321 §4.1.4"),
    504: ("this parameter I do not know", "RFC 5321 §4.2.4"),
    521: ("this host takes no mail at all", "RFC 7504 §3"),
    530: ("log in first", "RFC 4954 §6"),
    534: ("this way of logging in is too weak", "RFC 4954 §6"),
    535: ("login and password do not belong together", "RFC 4954 §6"),
    538: ("not without encryption", "RFC 2554 §6"),
    550: ("refused: no such mailbox, or not allowed", "RFC 5321 §4.2.3"),
    551: ("not here; try somewhere else", "RFC 5321 §3.4"),
    552: ("too big, or over quota", "RFC 1870 §6"),
    553: ("this name cannot be a mailbox", "RFC 5321 §4.2.3"),
    554: ("it cannot be done at all", "RFC 5321 §4.2.3"),
    555: ("these parameters I do not know", "RFC 5321 §4.1.1.11"),
    556: ("that domain takes no mail", "RFC 7504 §4"),
}
"""The codes as wholes, in words for people, and where each is defined."""

CLASS = {2: "success", 4: "a failure that may pass", 5: "a failure that stays"}
"""RFC 3463 §2, the first number."""

SUBJECT = {
    0: "about nothing in particular",
    1: "about the address",
    2: "about the mailbox",
    3: "about the mail system there",
    4: "about the network and the way",
    5: "about the dialogue",
    6: "about the letter's content",
    7: "about security and policy",
}
"""RFC 3463 §3, the second number."""

DETAIL: Mapping[str, str] = {
    "1.0": "the address is fine, or not said what is wrong",
    "1.1": "no such mailbox",
    "1.2": "no such host or domain",
    "1.3": "the address is not written as one",
    "1.5": "the recipient is welcome",
    "1.6": "the mailbox has moved",
    "1.7": "the sender is not written as an address",
    "1.8": "the sender's domain does not exist",
    "1.10": "the recipient's domain says that it takes no mail",
    "2.0": "the mailbox, in some way",
    "2.1": "the mailbox is switched off",
    "2.2": "the mailbox is full",
    "2.3": "too long for this mailbox",
    "3.0": "the mail system, in some way",
    "3.1": "its disk is full",
    "3.2": "it takes nothing at the moment",
    "3.4": "the letter is too big for this system",
    "3.5": "it is not set up as it should be",
    "4.1": "the host does not answer",
    "4.2": "the connection is bad, or was silent too long",
    "4.3": "a name server does not answer",
    "4.4": "there is no way to that host",
    "4.6": "the letter goes round in a loop",
    "4.7": "it has waited too long",
    "5.0": "the dialogue, in some way",
    "5.1": "that command may not come now, or is not done here",
    "5.2": "that is not a command as it is written",
    "5.3": "too many recipients",
    "5.4": "its argument is not valid",
    "5.6": "the login's line is too long",
    "6.0": "the content, in some way",
    "6.1": "this kind of content is not taken",
    "6.7": "letters beyond ASCII are not possible here",
    "6.8": "the answer is beyond ASCII, and you have not said that you read that",
    "6.9": "the header is beyond ASCII, and the way ahead is not",
    "7.0": "policy, not said which",
    "7.1": "delivery is not allowed",
    "7.4": "the security that was asked for is not offered",
    "7.8": "the password is wrong",
    "7.9": "this way of logging in is too weak",
    "7.11": "only inside TLS",
    "7.20": "no DKIM signature that passes",
    "7.23": "SPF says no",
    "7.25": "the client's address has no name",
}
"""Second and third number together: RFC 3463 §3, RFC 5248, 7372, 7505 and the registry."""

END: Mapping[int, str] = {
    2: "The letter is theirs now: this host has to deliver it or to say that it could not.",
    4: "The letter has crossed, but is not kept. It is still yours; try again later.",
    5: "The letter has crossed, and is refused for good. It is still yours.",
}
"""What the answer to the end of a letter means, dot or last piece."""

MEANS: Mapping[str, Mapping[int, str]] = {
    "greeting": {
        2: "The server is ready and has told its name. Say EHLO and yours.",
        4: "The server cannot talk now. A client keeps its letter and calls again later.",
        5: "There is no mail service for you here. Only QUIT is left.",
    },
    "EHLO": {
        2: "You are greeted. Each line after the first names an extension that you may use.",
        5: "This server does not like EHLO or your name; the older HELO may do.",
    },
    "HELO": {2: "You are greeted, but without extensions: nobody asks for them with HELO."},
    "MAIL": {
        2: "The sender is noted. Nothing is promised yet.",
        4: "Not now, not from this sender. The client keeps the letter and tries again.",
        5: "No letter from this sender. It goes back to where it came from.",
    },
    "RCPT": {
        2: "This recipient is welcome. There may be more; then DATA.",
        4: "Not now for this recipient. The client keeps the letter for this one and tries again.",
        5: "No for this recipient, and asking again will not help. "
        "Others of the same letter may be taken.",
    },
    "DATA": {
        3: "Send the letter, line by line. Its end is a line with nothing but a dot.",
        4: "Not now, for nobody. The client keeps the letter.",
        5: "No, for nobody. The letter has not crossed.",
    },
    "BDAT": {
        2: "The piece is there. Send the next; the last says LAST.",
        4: "The letter is not taken now. Go on with RSET, and try again later.",
        5: "The letter is refused. What you send of it now is read past.",
    },
    ".": END,
    "BDAT LAST": END,
    "RSET": {2: "The envelope is forgotten, the greeting is not."},
    "QUIT": {2: "Good-bye. What was accepted until now stays accepted."},
    "STARTTLS": {
        2: "Now the TLS handshake. After it the dialogue begins anew, with EHLO.",
        4: "No TLS at the moment. Go on in the clear, or not at all.",
    },
    "AUTH": {
        2: "You are logged in. What you may do now is for the server's policy to say.",
        3: "The server asks; the answer is base64 too. A single * gives up.",
        5: "Not logged in. You may go on as a stranger.",
    },
    "VRFY": {2: "Neither yes nor no binds: only RCPT decides."},
    "NOOP": {2: "Nothing was asked, nothing was done: the line is alive."},
    "HELP": {2: "Words for people; a program skips them."},
}
"""What the first digit means after each command."""

ANYWHERE: Mapping[int, str] = {
    421: "The server closes the connection. What was not accepted with 250 is still yours.",
    500: "This is no command here. Nothing has changed.",
    501: "The command was understood, what follows it was not. Nothing has changed.",
    502: "A real command, but not in use on this server. Nothing has changed.",
    503: "That may come, but not now: see what is allowed. Nothing has changed.",
    504: "A parameter is not known here. Nothing has changed.",
    555: "A parameter is not known here. Nothing has changed.",
}
"""Codes that mean the same after every command."""


def explain(reply: Reply, after: str = "") -> Meaning:
    """What ``reply`` means ``after`` a verb (``greeting``, ``EHLO``, ``.`` …), sign by sign."""
    first, second, third = (int(digit) for digit in str(reply.code))
    words, law = CODES.get(reply.code, ("a code of this server's own", "RFC 5321 §4.2.1"))
    code = (
        Sign(str(first), FIRST.get(first, "no first digit of SMTP"), "RFC 5321 §4.2.1"),
        Sign(str(second), SECOND.get(second, "not defined"), "RFC 5321 §4.2.1"),
        Sign(str(third), f"with it, {reply.code}: {words}", law),
    )
    head = str(reply).partition("\n")[0]
    sentence = _sentence(reply, after, words)
    return Meaning(head, VERDICTS.get(first, ""), sentence, code, _enhanced(reply), law)


def _sentence(reply: Reply, after: str, words: str) -> str:
    usual = f"{words[:1].upper()}{words[1:]}."
    said = MEANS.get(after, {}).get(reply.code // 100, usual)
    return ANYWHERE.get(reply.code, said)


def _enhanced(reply: Reply) -> tuple[Sign, ...]:
    if reply.enhanced is None:
        return ()
    kind, subject, detail = reply.enhanced.split(".")
    known = DETAIL.get(f"{subject}.{detail}", "nothing more" if detail == "0" else "see the list")
    return (
        Sign(f"{kind}.", CLASS.get(int(kind), "not defined"), "RFC 3463 §2"),
        Sign(f"{subject}.", SUBJECT.get(int(subject), "not defined"), "RFC 3463 §3"),
        Sign(detail, known, "RFC 3463 §3"),
    )


def nonsense(line: str) -> Meaning:
    """A line of a server that is no reply: three digits, then a space or a hyphen (§4.2)."""
    wants = "A reply is three digits, a space and words. A client cannot know what this means."
    return Meaning(line, "", wants, law="RFC 5321 §4.2")
