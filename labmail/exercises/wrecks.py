"""Mornings after: what chapter 15 begins with, broken as an administrator would find it.

    another_loss     a letter that never came: five ways in which it can be somewhere else
    four_cuts        four letters, and a power cut in the life of each
    another_circle   mail for the boss goes round between two hosts
    another_wreck    a letter whose -H file is damaged

All that is broken is in files and logs; the lab's own faults are mended when the student arrives.

Try: ``four_cuts(2).host("mail.example.com").mainlog``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ..lab import Lab, load_town
from ..world import Chance
from .answers import ANSWERS, HOST

if TYPE_CHECKING:
    from ..lab.faults import When

THERE = "mail.ask.com"
ALICE, ANNA = "alice@example.com", "anna@example.com"
BOB, CAROL = "bob@ask.com", "carol@ask.com"
ALIASES, HUBBED = "/etc/aliases", "/etc/exim4/hubbed_hosts"
INPUT, ASIDE = "/var/spool/exim4/input", "/var/spool/exim4/aside"

LOSS, CUTS, CIRCLE, WRECK = "A letter is missed", "Four cuts", "Round and round", "A wreck"
"""The labs of the four exercises."""


def _lab(name: str) -> Lab:
    return Lab(replace(load_town("two_companies"), name=name))


# ── 15.1 ─────────────────────────────────────────────────────────────────────────────────────────

MISSED = "The contract"
"""The subject of the letter that never came."""


def _forward(to: str) -> Callable[[Lab], None]:
    return lambda lab: lab.host(THERE).files.write_text("/home/bob/.forward", f"{to}\n")


def _alias(to: str) -> Callable[[Lab], None]:
    return lambda lab: lab.host(THERE).files.append(ALIASES, f"bob: {to}\n")


def _away(lab: Lab) -> None:
    _forward(ANNA)(lab)
    lab.host(HOST).files.append(ALIASES, f"anna: {CAROL}\n")


LOSSES: Mapping[str, Callable[[Lab], None]] = {
    "back to where it came from": _forward(ANNA),
    "a colleague has it": _alias("carol"),
    "to a company that there is not": _forward("bob@old.test"),
    "somebody who has left": _alias("robert"),
    "there and back and there": _away,
}


def another_loss(seed: int = 1) -> Lab:
    """A busy morning; one letter from Alice to Bob, of a quarter past nine, is not in his box."""
    lab = _lab(LOSS)
    for subject, to in (("Hello", BOB), ("Minutes", CAROL), ("Lunch", ANNA)):
        lab.clock.advance("4m")
        lab.user(ALICE).send(to=to, subject=subject)
    lab.clock.advance("3m")
    list(LOSSES.values())[seed % len(LOSSES)](lab)
    lab.user(ALICE).send(to=BOB, subject=MISSED, text="Please sign.\n")
    lab.user(ANNA).send(to=CAROL, subject="Minutes, too")
    lab.clock.advance("5m")
    for path in ("/home/bob/.forward", ALIASES):  # since mended, by somebody who has gone
        _tidy(lab, path)
    for subject, to in (("Still there?", BOB), ("Thursday", CAROL)):
        lab.clock.advance("3m")
        lab.user(ALICE).send(to=to, subject=subject)
    lab.clock.advance("5m")
    return lab


def _tidy(lab: Lab, path: str) -> None:
    files = lab.host(THERE).files
    if path == ALIASES:
        lines = files.read_text(path).splitlines(keepends=True)
        files.write_text(path, "".join(each for each in lines if not each.startswith("bob:")))
    elif files.exists(path):
        files.real(path).unlink()


# ── 15.2 ─────────────────────────────────────────────────────────────────────────────────────────

MOMENTS: tuple[When, ...] = ("arriving", "accepted", "passed on", "completed")
LETTERS = ("North", "East", "South", "West")
"""The subjects of the four letters."""


def order(seed: int) -> tuple[When, ...]:
    """At which moment the power failed for each letter: one of the 24 orders."""
    moments = list(MOMENTS)
    Chance("four cuts").random(str(seed)).shuffle(moments)
    return tuple(moments)


def four_cuts(seed: int = 1) -> Lab:
    """Alice has written four letters to Bob; each time mail.example.com lost its power."""
    lab = _lab(CUTS)
    for subject, when in zip(LETTERS, order(seed), strict=True):
        with lab.faults.power_cut(HOST, when):
            lab.user(ALICE).send(to=BOB, subject=subject, text="Well?\n")
            lab.clock.advance("12m")
        lab.clock.advance("18m")
    return lab


# ── 15.3 ─────────────────────────────────────────────────────────────────────────────────────────

BOSS, STRAIGHT = "boss@example.com", "Straight on"
"""Whom the mail is for that goes round, and the subject of the letter that must not."""


def _to_there(lab: Lab, own: str = "boss: carol") -> None:
    """How it was meant: mail for the boss of example.com goes to Carol, at ask.com."""
    lab.host(HOST).files.append(ALIASES, "boss: boss@ask.com\n")
    lab.host(THERE).files.append(ALIASES, f"{own}\n")


def _two_aliases(lab: Lab) -> None:
    _to_there(lab, f"boss: {BOSS}")


def _a_forward(lab: Lab) -> None:
    _to_there(lab)
    lab.host(THERE).files.write_text("/home/carol/.forward", f"{BOSS}\n")


def _a_hub(lab: Lab) -> None:
    """Each takes the other for the host that ask.com ends at."""
    _to_there(lab)
    lab.host(THERE).files.write_text(HUBBED, "ask.com: mail.example.com\n")
    files = lab.host(HOST).files
    answers = files.read_text(ANSWERS)
    files.write_text(ANSWERS, answers.replace("dc_relay_domains=''", "dc_relay_domains='ask.com'"))
    for name in (HOST, THERE):
        lab.host(name).update_exim4_conf()
        lab.host(name).reload()


CIRCLES: Mapping[str, Callable[[Lab], None]] = {
    "a hub": _a_hub,
    "two aliases": _two_aliases,
    "a .forward": _a_forward,
}


def another_circle(seed: int = 1) -> Lab:
    """Alice's letter to the boss has come back, with thirty lines of Received."""
    lab = _lab(CIRCLE)
    list(CIRCLES.values())[seed % len(CIRCLES)](lab)
    lab.user(ALICE).send(to=BOSS, subject="Urgent", text="Please call.\n")
    lab.clock.advance("10m")
    return lab


# ── 15.4 ─────────────────────────────────────────────────────────────────────────────────────────

WORDS = (
    "The key is under the third stone.\n",
    "Gate 7, at ten past four.\nBring nothing.\n",
    "Agreed: 4,500, and not a day later.\n",
)
"""What stands in the letter."""


def _recipients(seed: int) -> tuple[str, ...]:
    return ((CAROL,), (BOB,), (BOB, CAROL))[seed % 3]


def another_wreck(seed: int = 1) -> Lab:
    """A letter waited while mail.example.com was repaired, and its -H file has suffered."""
    lab = _lab(WRECK)
    alice, host = lab.user(ALICE), lab.host(HOST)
    with lab.faults.down(THERE):
        text = WORDS[seed % len(WORDS)]
        alice.send(to=list(_recipients(seed)), subject="For you alone", text=text)
        wreck = host.queue[0].id
        alice.send(to=BOB, subject="Weather", text="It rains.\n")
        lab.clock.advance("30m")
        host.stop()
        _damage(lab, wreck, seed)
        host.restart("smtp")
        lab.settle()
    lab.clock.advance("30m")
    return lab


def _damage(lab: Lab, name: str, seed: int) -> None:
    files, path = lab.host(HOST).files, f"{INPUT}/{name}-H"
    head = files.read_text(path)
    damaged = (head[:57], "\0" * len(head), head.replace(f"{name}-H\n", "", 1))
    files.write_text(path, damaged[seed % len(damaged)])


def wrecked(lab: Lab) -> str:
    """The id of the letter that was damaged: the first that its host has accepted."""
    with suppress(IndexError):
        return str(lab.trace.find("mta.Spooled", host=HOST)[0].id)
    return ""
