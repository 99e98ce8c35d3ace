"""Mornings at a queue: what waits in exercises 12.1 and 12.3, and why.

A Monday, 12.1: mail.ask.com was away for a while and is well again, and among the twenty letters
that wait are advertisements, one that its author wants back, and some that somebody has frozen::

    anna@example.com   8 advertisements, three of them frozen    to go, and nobody is told
    “Salaries”         one of Alice's                            to come back to her
    all others         11, two of them frozen                    to arrive

A jam, 12.3: mail.ask.com is well, and three letters wait all the same. What the log of the sending
host says of them tells the faults apart:

    nothing behind ``<=``                       deliveries are switched off
    defer (-1): stocktaking until Friday        a router that puts off
    Connection refused, and then nothing        a rule that is in no hurry for ask.com
    frozen by root                              somebody has frozen them
    defer (-23): domain is held                 a list of domains that wait
    Connection refused, retry time not reached  nothing is broken any more: a hint is in the way

Try: ``another_jam(2).host("mail.example.com").queue``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..lab import Lab, load_town
from .answers import CONF_D, HOST
from .nights import THERE

if TYPE_CHECKING:
    from ..lab import LabHost

ALICE, ANNA, BOB, CAROL = "alice@example.com", "anna@example.com", "bob@ask.com", "carol@ask.com"
NEIGHBOUR = "bob@example.com"

# ── 12.1: Monday ─────────────────────────────────────────────────────────────────────────────────

MONDAY = "Monday morning"
"""The lab of 12.1."""
SALARIES = "Salaries"
"""The letter that its author wants back."""
PRIZE = "You have won"
"""The subject of every advertisement."""

LETTERS = (
    *((ANNA, BOB, PRIZE), (ALICE, BOB, "Minutes of Friday"), (ANNA, CAROL, PRIZE)),
    *((ALICE, CAROL, "Holidays"), (NEIGHBOUR, BOB, "About Salaries"), (ANNA, BOB, PRIZE)),
    *((ALICE, BOB, "Invoice 17"), (ANNA, CAROL, PRIZE), (NEIGHBOUR, CAROL, "Hello Anna!")),
    *((ALICE, BOB, SALARIES), (ANNA, BOB, PRIZE), (ALICE, CAROL, "Keys")),
    *((NEIGHBOUR, BOB, "You have won my heart"), (ANNA, BOB, PRIZE), (ALICE, BOB, "Lunch?")),
    *((NEIGHBOUR, CAROL, "Invoice 18"), (ANNA, CAROL, PRIZE), (ALICE, CAROL, "Minutes again")),
    *((ANNA, CAROL, PRIZE), (ALICE, BOB, "Goodnight")),
)
"""From whom, to whom, about what, in the order in which they were written."""
FROZEN = frozenset((0, 7, 8, 11, 18))
"""Those that somebody has frozen, by their number in `LETTERS`."""
GOOD = tuple(each for each in LETTERS if each[0] != ANNA and each[2] != SALARIES)
"""Those that shall arrive."""


def monday(seed: int = 1) -> Lab:
    """Twenty letters wait at mail.example.com, and mail.ask.com is well again."""
    lab = Lab(replace(load_town("two_companies"), name=MONDAY))
    host = lab.host(HOST)
    with lab.faults.refuse(THERE, "smtp"):
        for sender, recipient, subject in LETTERS:
            lab.user(sender).send(to=recipient, subject=subject, text="Hello!\n", run=False)
        lab.settle()
        lab.clock.advance("5m")
    waiting = host.queue
    for number in FROZEN:
        host.freeze(waiting[number])
    return lab


# ── 12.3: a jam ──────────────────────────────────────────────────────────────────────────────────

JAM = "Another jam"
"""The lab of 12.3."""
JAMMED = ("Jam 1", "Jam 2", "Jam 3")
"""The subjects of the letters that wait."""

STOCKTAKING = """\
stocktaking:
  driver = redirect
  domains = ask.com
  allow_defer
  data = :defer: stocktaking until Friday
"""
RULES, ALL = f"{CONF_D}/retry/30_retry", "begin retry\n"
SLOW = "ask.com                *           F,10d,2d\n"


def _written(path: str, text: str) -> Callable[[LabHost], None]:
    def change(host: LabHost) -> None:
        host.files.write_text(f"{CONF_D}/{path}", text)

    return change


def _in_no_hurry(host: LabHost) -> None:
    text = host.files.read_text(RULES)
    host.files.write_text(RULES, text.replace(ALL, f"{ALL}\n{SLOW}"))


def _nothing(host: LabHost) -> None:
    """The configuration is as it was."""


FAULTS: Mapping[str, Callable[[LabHost], None]] = {
    "a hint is in the way": _nothing,
    "deliveries are switched off": _written("main/95_weekend", "queue_only = true\n"),
    "a router that puts off": _written("router/150_stocktaking", STOCKTAKING),
    "a rule that is in no hurry": _in_no_hurry,
    "somebody has frozen them": _nothing,
    "a domain is held": _written("main/92_ask", "hold_domains = ask.com\n"),
}
OUTAGES = {"a hint is in the way": "4h40m", "a rule that is in no hurry": "1h"}
"""Where mail.ask.com was away for long, and how long."""
WELL = ("a router that puts off", "deliveries are switched off", "a domain is held")
"""Where it was never away."""


def another_jam(seed: int = 1) -> Lab:
    """The two companies once more: mail.ask.com is well, and three letters to Bob wait."""
    lab = Lab(replace(load_town("two_companies"), name=JAM))
    host, fault = lab.host(HOST), list(FAULTS)[seed % len(FAULTS)]
    FAULTS[fault](host)
    host.update_exim4_conf()
    host.reload()
    with lab.faults.refuse(THERE, "smtp") as outage:
        if fault in WELL:
            outage.mend()
        for subject in JAMMED:
            lab.user(ALICE).send(to=BOB, subject=subject, text="Moving?\n")
        if fault == "somebody has frozen them":
            for waiting in host.queue:
                host.freeze(waiting)
        lab.clock.advance(OUTAGES.get(fault, "20m"))
    return lab
