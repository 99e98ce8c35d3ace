"""The rules: each a question about the caller or the recipient, and what follows from its answer.

They are asked in the order of `MAIL` and `RCPT`. No rule is a guess: the address that a caller
writes into ``MAIL FROM`` proves nothing, so none of them looks at it. What counts is *where the
caller is* (its address), *who it is* (a password), and *where the letter ends*:

                          ends here        to be passed on       anywhere else
    a stranger            if it exists     if it can be routed   550 relay not permitted
    a host of our own     yes              yes                   yes
    a person, by AUTH     yes              yes                   yes

Law: RFC 5321 §3.6 and §4.5.1, RFC 6409 §4.3 and §6.1, RFC 4954 §6; Exim specification, chapter 44.
Adding a rule: write a function from `Question` to `Answer`, and put it into a list below.

Try: ``rules.relay(question)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from labmail.smtp import Reply

from .question import Question
from .verdict import Allow, Answer, Ask, Delay, Deny, Skip

Rule = Callable[[Question], Answer]

OUR_HOSTS, OUR_DOMAINS = "+relay_from_hosts", "+local_domains or +relay_to_domains"
"""The lists of the configuration, by the names that Debian gives them."""

_ODD_HERE = re.compile(r"^\.|[@%!/|]")
_ODD_ELSEWHERE = re.compile(r"^[./|]|[@%!`#&?]|/\.\./")


def authentication(question: Question) -> Answer:
    """Submission is for people who say who they are (RFC 6409 §4.3, RFC 4954 §6: 530)."""
    caller = question.caller
    if caller.service != "submission":
        return Skip("port 25 takes mail without a password")
    if caller.user is None:
        refusal = Reply(530, "Authentication required", "5.7.0")
        return Deny(refusal, "this is the submission port, and the client has not logged in")
    return Skip(f"{caller.user} has logged in")


def odd_characters(question: Question) -> Answer:
    """Local parts that smell of files, programs and old routing tricks are refused."""
    assert question.recipient is not None
    odd = _ODD_HERE if question.ends_here() else _ODD_ELSEWHERE
    if odd.search(question.recipient.local_part):
        refusal = Reply(550, "restricted characters in address", "5.1.3")
        return Deny(refusal, "its local part has a character that opens files or hides a route")
    return Skip("its local part is an ordinary one")


def postmaster(question: Question) -> Answer:
    """The postmaster of a domain of ours can be reached by everybody (RFC 5321 §4.5.1)."""
    assert question.recipient is not None
    if question.recipient.local_part.lower() == "postmaster" and question.ends_here():
        return Allow("the postmaster takes mail from everybody (RFC 5321 §4.5.1)")
    return Skip("it is not for the postmaster")


def our_hosts(question: Question) -> Answer:
    """A host of our own may send to the whole world."""
    address, found = question.caller.address, question.policy.relay_from_hosts
    if found:
        return Allow(f"{address} is in {OUR_HOSTS} ({found.item}): it may send to anybody")
    return Skip(f"{address} is not in {OUR_HOSTS}")


def our_people(question: Question) -> Answer:
    """Whoever has logged in may send to the whole world."""
    if question.caller.user is not None:
        return Allow(f"{question.caller.user} has logged in: may send to anybody")
    return Skip("the client has not logged in")


def relay(question: Question) -> Answer:
    """No open relay: a stranger's letter must end here or in a domain that we pass on."""
    assert question.recipient is not None
    domain, policy = question.recipient.domain, question.policy
    if policy.local_domains or policy.relay_to_domains:
        return Skip(f"{domain} is in {OUR_DOMAINS}")
    refusal = Reply(550, "relay not permitted", "5.7.1")
    return Deny(refusal, f"{domain} is not in {OUR_DOMAINS}, and the client is a stranger")


def recipient_exists(question: Question) -> Answer:
    """Refuse now what would have to be returned later (Exim's ``verify = recipient``)."""
    verified = question.verified
    if verified is None:
        return Ask()
    if verified.state == "no":
        refusal = Reply(550, verified.text, "5.1.1")
        return Deny(refusal, f"no router takes {question.recipient}: {verified.text}")
    if verified.state == "later":
        refusal = Reply(451, verified.text, "4.3.0")
        return Delay(refusal, f"it cannot be told now: {verified.detail or verified.text}")
    return Allow(verified.detail or f"a router takes {question.recipient}")


MAIL: tuple[Rule, ...] = (authentication,)
"""Asked after ``MAIL FROM``. The null sender of a bounce is as good as any (RFC 5321 §6.1)."""

RCPT: tuple[Rule, ...] = (
    odd_characters,
    postmaster,
    our_people,
    our_hosts,
    relay,
    recipient_exists,
)
"""Asked after each ``RCPT TO``."""
