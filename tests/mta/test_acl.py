"""The ACL as a matrix: who may hand over a letter for whom, and which rule says so."""

from dataclasses import replace

import pytest

from labmail.mta.acl import (
    MAIL,
    RCPT,
    Ask,
    Caller,
    Decision,
    Deny,
    Listed,
    Policy,
    Question,
    Skip,
    Verified,
    decide,
)
from labmail.mta.recipient import Recipient
from labmail.smtp import Reply

CALLERS = {
    "stranger": Caller(address="198.51.100.9"),
    "our host": Caller(address="128.10.12.3"),
    "alice": Caller(address="198.51.100.9", service="submission", user="alice"),
}
KNOWN = ("bob@example.com", "x@partner.test", "bob@EXAMPLE.com")


def question(who: str, to: str, sender: str = "alice@example.com") -> Question:
    recipient = Recipient(to)
    policy = Policy(
        local_domains=Listed(recipient.domain == "example.com", "example.com"),
        relay_to_domains=Listed(recipient.domain == "partner.test", "partner.test"),
        relay_from_hosts=Listed(CALLERS[who].address.startswith("128.10.12."), "128.10.12.0/24"),
    )
    return Question(caller=CALLERS[who], policy=policy, sender=sender, recipient=recipient)


def ruled(asked: Question) -> Decision:
    """The decision, with the routers' answer where a rule asks for it."""
    decision = decide(RCPT, asked)
    if isinstance(decision, Ask):
        assert asked.recipient is not None
        good = asked.recipient.address in KNOWN
        verified = Verified("yes") if good else Verified("no", "Unrouteable address")
        decision = decide(RCPT, replace(asked, verified=verified))
    assert isinstance(decision, Decision)
    return decision


@pytest.mark.parametrize(
    ("who", "to", "reply", "rule"),
    [
        ("stranger", "bob@example.com", None, "recipient exists"),
        ("stranger", "bob@EXAMPLE.com", None, "recipient exists"),
        ("stranger", "ghost@example.com", "550 5.1.1 Unrouteable address", "recipient exists"),
        ("stranger", "x@partner.test", None, "recipient exists"),
        ("stranger", "x@far.test", "550 5.7.1 relay not permitted", "relay"),
        ("stranger", "postmaster@example.com", None, "postmaster"),
        ("stranger", "PostMaster@example.com", None, "postmaster"),
        ("stranger", "postmaster@far.test", "550 5.7.1 relay not permitted", "relay"),
        ("stranger", "a|b@example.com", "550 5.1.3 restricted characters in address",
         "odd characters"),
        ("stranger", '".x"@example.com', "550 5.1.3 restricted characters in address",
         "odd characters"),
        ("stranger", "x%far.test@example.com", "550 5.1.3 restricted characters in address",
         "odd characters"),
        ("our host", "x@far.test", None, "our hosts"),
        ("our host", "ghost@example.com", None, "our hosts"),
        ("our host", "/etc/passwd@far.test", "550 5.1.3 restricted characters in address",
         "odd characters"),
        ("alice", "x@far.test", None, "our people"),
    ],
)  # fmt: skip
def test_the_matrix(who: str, to: str, reply: str | None, rule: str) -> None:
    decision = ruled(question(who, to))
    assert (str(decision.reply) if decision.reply else None) == reply
    assert decision.rule == rule


def test_the_sender_proves_nothing() -> None:
    for sender in ("boss@example.com", "", "x@partner.test"):
        decision = ruled(question("stranger", "x@far.test", sender))
        assert decision.rule == "relay"


def test_nothing_is_routed_before_a_rule_wants_it() -> None:
    assert isinstance(decide(RCPT, question("our host", "ghost@example.com")), Decision)
    assert isinstance(decide(RCPT, question("stranger", "bob@example.com")), Ask)


def test_a_question_still_open_is_no_refusal() -> None:
    asked = replace(
        question("stranger", "bob@example.com"),
        verified=Verified("later", "Temporary local problem", "failed to open /etc/aliases"),
    )
    decision = decide(RCPT, asked)
    assert isinstance(decision, Decision)
    assert str(decision.reply) == "451 4.3.0 Temporary local problem"
    assert "failed to open /etc/aliases" in decision.why[0]


def test_why_tells_who_decided_and_who_was_passed_over() -> None:
    decision = ruled(question("stranger", "x@far.test"))
    assert decision.why == (
        "relay: far.test is not in +local_domains or +relay_to_domains,"
        " and the client is a stranger",
        "odd characters: its local part is an ordinary one",
        "postmaster: it is not for the postmaster",
        "our people: the client has not logged in",
        "our hosts: 198.51.100.9 is not in +relay_from_hosts",
    )


def test_submission_wants_a_login() -> None:
    def sender(who: Caller) -> Decision | Ask:
        asked = Question(caller=who, policy=Policy(), sender="")
        return decide(MAIL, asked, at_the_end=None)

    refused = sender(Caller(address="128.10.12.3", service="submission"))
    assert isinstance(refused, Decision)
    assert str(refused.reply) == "530 5.7.0 Authentication required"
    for caller in CALLERS.values():
        decision = sender(caller)
        assert isinstance(decision, Decision) and decision.accepted


def test_the_end_of_the_rules_is_no() -> None:
    asked = question("stranger", "bob@example.com")
    decision = decide([lambda q: Skip("not mine")], asked)
    assert isinstance(decision, Decision)
    assert str(decision.reply) == "550 5.7.1 Administrative prohibition"


def test_the_first_rule_that_decides_ends_it() -> None:
    def never(asked: Question) -> Skip:
        raise AssertionError("asked after the decision")

    no = Deny(Reply(550, "no"), "because")
    decision = decide([lambda q: no, never], question("stranger", "bob@example.com"))
    assert isinstance(decision, Decision) and decision.reply == no.reply
