"""Exercises of chapter 09, *Exim's routers and transports*."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ..lab import Lab, load_town
from . import evidence
from .answers import CONF_D, HERE, HOST, begun, lasting, says
from .claim import Claim
from .exercise import exercise

if TYPE_CHECKING:
    from ..lab import LabHost

End = dict[str, Any]


def end_of(lab: Lab, address: str) -> End:
    """What becomes of an address on mail.example.com, by the file that lies there."""
    found: list[End] = lab.explain(address, at=HOST).data()["ends"]
    return found[0]


def shown(end: End) -> str:
    """An end in a few words."""
    hosts = ", ".join(name for name, *_ in end["hosts"])
    return hosts or end["transport"] or end["text"] or end["outcome"]


def goes(lab: Lab, address: str, transports: tuple[str, ...], host: str = "") -> Claim:
    """An address goes to one of these transports, and to this host where one is named."""
    end = end_of(lab, address)
    first = [(name, address) for name, address, *_ in end["hosts"][:1]]
    there = not host or any(host == n or lab.host(host).address == a for n, a in first)
    return Claim(
        f"{address} goes {f'to {host}' if host else 'into a mailbox of this host'}",
        end["outcome"] == "accept" and end["transport"] in transports and there,
        host or "a transport that fills a mailbox",
        shown(end),
    )


def goes_nowhere(lab: Lab, address: str) -> Claim:
    """An address that must stay unrouteable."""
    end = end_of(lab, address)
    return Claim(
        f"{address} is nobody's", end["outcome"] == "fail", "Unrouteable address", shown(end)
    )


LOCAL, REMOTE = ("maildir_home", "mail_spool"), ("remote_smtp", "remote_smtp_smarthost")


def usual(lab: Lab) -> Iterator[Claim]:
    """What went well before goes well still."""
    yield goes(lab, HERE, LOCAL)
    yield goes(lab, "bob@ask.com", REMOTE, "mail.ask.com")
    yield goes_nowhere(lab, "ghost@example.com")


# ── 09.1: the lists ──────────────────────────────────────────────────────────────────────────────

LISTS = ("chess@lists.example.com", "CHOIR@Lists.Example.COM", "a.b-c@lists.example.com")


@exercise(
    "09.1",
    "Build it: a way for the lists",
    hints=(
        "Which router answers for chess@lists.example.com now, and what does it say?",
        "The first router that takes an address wins. dnslookup is not to be asked about this "
        "domain: where does a router of yours have to stand?",
        "A manualroute router for that one domain, with a route_list, in a fragment between "
        "100 and 200; then update_exim4_conf() and reload().",
    ),
)
def the_lists(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Mail for lists.example.com goes to mail.ask.com, and nothing else has changed."""
    for address in LISTS:
        yield goes(lab, address, REMOTE, "mail.ask.com")
    yield goes_nowhere(lab, "x@other.example.com")
    yield from usual(lab)
    said = says(lab, LISTS[0], "games.example.com")
    yield Claim("the daemon knows it", said.startswith("250"), "250 to RCPT", said)
    yield lasting(lab)


# ── 09.2: eight addresses ────────────────────────────────────────────────────────────────────────

PUZZLE = """\
qualify_domain = example.com
domainlist local_domains = example.com
begin routers
boss:
  driver = redirect
  local_parts = boss
  data = anna
copy:
  driver = accept
  local_parts = anna
  unseen
  transport = archive
gone:
  driver = redirect
  domains = +local_domains
  local_parts = carl
  data = :fail: moved to ask.com
  allow_fail
away:
  driver = manualroute
  domains = ! +local_domains
  route_list = ask.com 128.10.30.2
  transport = remote
  no_more
lists:
  driver = manualroute
  route_list = lists.test 128.10.30.2
  transport = remote
people:
  driver = accept
  domains = +local_domains
  check_local_user
  local_part_suffix = +*
  local_part_suffix_optional
  transport = box
begin transports
archive:
  driver = appendfile
  file = /var/mail/archive
  user = mail
box:
  driver = appendfile
  file = /var/mail/$local_part_data
remote:
  driver = smtp
"""
"""The configuration of the puzzle; who reads it closely finds three traps."""

ADDRESSES = (
    *("alice@example.com", "anna@example.com", "carl@example.com", "alice+x@example.com"),
    *("boss@example.com", "bob@ask.com", "chess@lists.test", "ghost@example.com"),
)


@cache
def routers_of_the_puzzle() -> dict[str, str]:
    """For each address, the router with the last word on it; "" if nobody takes it."""
    with Lab(replace(load_town("two_companies"), name="09.2 tried"), threads=False) as lab:
        host = lab.host(HOST)
        found = {}
        for address in ADDRESSES:
            ends = host.explain_route(address, configuration=PUZZLE).data()["ends"]
            last = ends[-1]
            found[address] = last["router"] or ""
        return found


@exercise(
    "09.2",
    "Predict it: eight addresses",
    hints=(
        "Go from the top for each address: are all its conditions met? Then what does the driver "
        "say?",
        "A router that declines leaves it to the next one; accept and fail end it. What redirect "
        "makes begins again at the top, and an unseen router takes a copy only.",
        "no_more ends it when the router declines. Where nobody takes an address write ''.",
    ),
)
def eight_addresses(lab: Lab, answer: Any) -> Iterator[Claim]:
    """For each address the router that decides in the end."""
    given = answer if isinstance(answer, dict) else {}
    yield Claim(
        "there is a guess for each of the eight",
        set(given) == set(ADDRESSES),
        "a dict from each address to the name of a router, or ''",
        evidence.shortened(answer),
    )
    for address, router in routers_of_the_puzzle().items():
        guess = given.get(address)
        yield Claim(f"{address}: as you said", guess == router, "something else", repr(guess))


# ── 09.3: a router in the way ────────────────────────────────────────────────────────────────────


def _fragment(name: str, text: str) -> Callable[[LabHost], None]:
    return lambda host: host.files.write_text(f"{CONF_D}/router/{name}", text)


NOON = "Another noon"
CATCHER = (
    "everything:\n  driver = accept\n  domains = +local_domains\n  transport = LOCAL_DELIVERY\n"
)
FAULTS: Mapping[str, Callable[[LabHost], None]] = {
    "a catch-all that comes too early": _fragment(
        "050_extra", CATCHER.replace("accept\n", "redirect\n  data = anna\n").replace(
            "  transport = LOCAL_DELIVERY\n", "")
    ),
    "a transport that there is not": _fragment(
        "350_extra", "extra:\n  driver = accept\n  domains = +local_domains\n  transport = boxes\n"
    ),
    "a suffix that everybody must have": _fragment(
        "350_extra",
        "plus:\n  driver = accept\n  domains = +local_domains\n  check_local_user\n"
        "  local_part_suffix = +*\n  transport = LOCAL_DELIVERY\n  no_more\n"
        "nobody:\n  driver = redirect\n  domains = +local_domains\n  data = :fail: no suffix\n"
        "  allow_fail\n",
    ),
    "a way for one domain that is taken by all": _fragment(
        "120_extra",
        "partner:\n  driver = manualroute\n  domains = ! +local_domains\n"
        "  route_list = * 128.10.12.3\n  transport = remote_smtp\n",
    ),
    "a redirect without an end": _fragment(
        "250_extra",
        "away:\n  driver = redirect\n  domains = +local_domains\n  local_parts = alice\n"
        "  data = :blackhole:\n",
    ),
}  # fmt: skip
"""Fragments that somebody has put into conf.d/router, and that are in the way."""


def another_noon(seed: int = 1) -> Lab:
    """The two companies once more, with a router in the way on mail.example.com."""
    lab = Lab(replace(load_town("two_companies"), name=NOON))
    host = lab.host(HOST)
    list(FAULTS.values())[seed % len(FAULTS)](host)
    host.update_exim4_conf()
    host.reload()
    return lab


@exercise(
    "09.3",
    "Find the fault: a router in the way",
    hints=(
        "For alice@example.com, bob@ask.com and ghost@example.com: which router took it, says "
        "lab.explain(…)? In which fragment does that router stand?",
        "Is it the order, a condition, or the place that it sends to? And does it decline when it "
        "should?",
        "Move it, narrow it, or take it away; another router behind it only hides the fault.",
    ),
)
def in_the_way(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Everything goes where it went before somebody helped."""
    yield begun(lab, NOON, 'begin("09.3")')
    yield from usual(lab)
    yield goes(lab, "postmaster@example.com", LOCAL)
    for recipient, wanted in ((HERE, 250), ("ghost@example.com", 550)):
        said = says(lab, recipient)
        text = f"the daemon says {wanted} for {recipient}"
        yield Claim(text, said.startswith(str(wanted)), f"{wanted} to RCPT", said)
    yield lasting(lab)


# ── 09.4: plus ───────────────────────────────────────────────────────────────────────────────────


@exercise(
    "09.4",
    "Build it: a plus in the address",
    hints=(
        "lab.explain('anna+shop@example.com', …, router='local_user') says what that router would "
        "have to see.",
        "The suffix must be cut off before anybody asks whether there is such a user; and who has "
        "none must not be turned away.",
        "local_part_suffix = +* and local_part_suffix_optional, in a router of your own before "
        "local_user, or in a copy of it.",
    ),
)
def plus(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Anna's letters with a plus come to Anna, and a plus makes nobody of a stranger."""
    yield goes(lab, "anna+shop@example.com", LOCAL)
    yield goes(lab, "anna@example.com", LOCAL)
    yield goes_nowhere(lab, "ghost+shop@example.com")
    yield from usual(lab)
    stored = [e for e in lab.trace.find("mta.Stored", host=HOST) if "+" in (e.recipient or "")]
    yield Claim(
        "a letter to Anna with a plus lies in Anna's mailbox",
        any("/anna/" in event.file or event.file.endswith("/anna") for event in stored),
        "a letter to anna+… in her mailbox",
        ", ".join(event.file for event in stored) or "no such letter has arrived",
    )
    yield lasting(lab)
