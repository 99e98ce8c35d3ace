"""Chapter 15, the other half: what was broken, mended; a letter got out of what was left of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from . import evidence
from .answers import HOST, begun
from .claim import Claim
from .exercise import exercise
from .wrecks import ALICE, ASIDE, BOSS, CAROL, CIRCLE, STRAIGHT, THERE, WORDS, WRECK, wrecked

if TYPE_CHECKING:
    from ..lab import Lab
    from ..trace import Event

# ── 15.3: the circle ─────────────────────────────────────────────────────────────────────────────

MOST_HOPS = 3


@exercise(
    "15.3",
    "Find the fault: round and round",
    hints=(
        "Read the Received fields in the bounce: which two hosts take turns? Then, in the log "
        "of each, the line with =>: which router (R=) sends it on, and was the address changed "
        "(<…>)?",
        "One of the two is right: mail for the boss of example.com goes to ask.com, and ends "
        "there with Carol. `exim -bt boss@ask.com` on mail.ask.com shows what that host makes "
        "of it.",
        "On mail.ask.com one file leads back: /etc/aliases, a .forward, or "
        "/etc/exim4/hubbed_hosts. Mend what it says, and nothing on mail.example.com. The limit"
        " of Received fields is not the fault: with a higher one it goes round for longer.",
    ),
)
def the_circle(lab: Lab, answer: Any) -> Iterator[Claim]:
    """A fresh letter for the boss has come to Carol, straight."""
    yield begun(lab, CIRCLE, 'begin("15.3")')
    names = evidence.letters(lab, STRAIGHT)[-1:]
    stored = evidence.last(lab, "mta.Stored", names, host=THERE)
    given_up = evidence.last(lab, "mta.GivenUp", names)
    copies = evidence.arrived(lab, CAROL, STRAIGHT)
    yield Claim(
        f"a new letter to {BOSS}, “{STRAIGHT}”, lies in Carol's mailbox, once",
        stored is not None and len(copies) == 1,
        "one from Alice, written when all was mended",
        _of_the_new(names, given_up, len(copies)),
        given_up,
    )
    hops = max((len(message.header.every("Received")) for message in copies), default=0)
    yield Claim(
        "it has gone the straight way",
        0 < hops <= MOST_HOPS,
        f"at most {MOST_HOPS} fields Received",
        f"{hops} of them",
    )
    ends = lab.explain(CAROL, at=THERE).data()["ends"]
    transports = [end["transport"] for end in ends]
    yield Claim(
        "on mail.ask.com mail for Carol ends in her mailbox, whoever writes",
        transports in (["mail_spool"], ["maildir_home"]),
        "one transport that fills a mailbox, and it alone",
        ", ".join(each or "no transport" for each in transports),
    )
    routed = [end["address"] for end in lab.explain(BOSS, at=HOST).data()["ends"]]
    yield Claim(
        "mail.example.com sends the boss's mail on to ask.com, as before",
        bool(routed) and all(each.endswith("@ask.com") for each in routed),
        "an address of ask.com",
        ", ".join(routed) or "nobody",
    )


def _of_the_new(names: Sequence[str], given_up: Event | None, copies: int) -> str:
    if not names:
        return "no such letter"
    if given_up is not None:
        return "it was given up"
    return f"{copies} of it"


# ── 15.4: the wreck ──────────────────────────────────────────────────────────────────────────────


@exercise(
    "15.4",
    "Do it: a letter out of a wreck",
    hints=(
        "The paniclog of mail.example.com says which letter, what is wrong with it, and where "
        "it has been put. It has two files: which of them is whole?",
        "The body is in -D, behind its first line. Whom it was from and for the main log still "
        "knows, and so does /var/log's neighbour in the spool, msglog/ID.",
        "Either make -H whole, stop the daemon, put both files back into input and start it; or"
        " have Alice send the body once more, to the same recipients and nobody else. Remove "
        "the wreck when it has arrived, not before.",
    ),
)
def out_of_a_wreck(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Those for whom the letter was have its body, octet for octet, once, from Alice."""
    yield begun(lab, WRECK, 'begin("15.4")')
    name, wanted = wrecked(lab), _wanted(lab)
    have = {who: _with_words(lab, who) for who in lab.users}
    missing = [who for who in wanted if not have[who]]
    yield Claim(
        "whoever it was for has it",
        bool(wanted) and not missing,
        "its body in each of their mailboxes, as it was written",
        f"{len(missing)} of {len(wanted)} have nothing with these words",
    )
    twice = [who for who in wanted if len(have[who]) > 1]
    yield Claim(
        "each of them has it once",
        bool(wanted) and not twice and not missing,
        "one copy",
        ", ".join(f"{who}: {len(have[who])}" for who in wanted),
    )
    others = [who for who in have if have[who] and who not in wanted]
    yield Claim(
        "nobody else has it",
        not others,
        "the recipients of the envelope, as the log has them",
        ", ".join(others),
    )
    senders = {str(m.header["Return-path"]).strip("<> ") for who in wanted for m in have[who]}
    yield Claim(
        "it is from Alice, and a bounce would go to her",
        senders == {ALICE},
        f"Return-path: <{ALICE}>",
        ", ".join(sorted(senders)) or "it has not arrived",
    )
    left = _left(lab, name)
    yield Claim(
        "the wreck is gone, and so is what waited",
        not left and not missing and bool(wanted),
        f"nothing of {name} in {ASIDE}, and an empty queue, once the letter has arrived",
        ", ".join(left) or "it is gone, but the letter has not arrived",
    )


def _wanted(lab: Lab) -> list[str]:
    found: Any = lab.trace.find("mta.Spooled", host=HOST)
    return list(found[0].recipients) if found else []


def _with_words(lab: Lab, who: str) -> list[Any]:
    """The letters in a mailbox that have the body of the wreck."""
    bodies = {text.replace("\n", "\r\n").encode() for text in WORDS}
    return [m for m in lab.user(who).everything if bytes(m.body).rstrip() + b"\r\n" in bodies]


def _left(lab: Lab, name: str) -> list[str]:
    host = lab.host(HOST)
    aside = host.files.listdir(ASIDE) if host.files.exists(ASIDE) else []
    queued = [f"{letter.id} in the queue" for letter in host.queue]
    return [each for each in aside if each.startswith(name)] + queued
