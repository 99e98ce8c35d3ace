"""Exercises of chapter 05, *Names and MX*."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ..lab import Lab, load_town
from .claim import Claim
from .exercise import exercise
from .orchard import NAMES, Hosts, elsewhere, hosts_of, loads, said, serial_of, twin, walk

if TYPE_CHECKING:
    from labmail.exim.routing.why import Explanation

# ── 05.1: a zone from an order sheet ─────────────────────────────────────────────────────────────

ORDERED, KEEPER = "bakery.test", "ns.ask.com"
PARKED = 2026030201
OVEN: Hosts = [("oven.bakery.test", "198.51.100.2"), ("mail.ask.com", "128.10.30.2")]


@exercise(
    "05.1",
    "Build it: a zone from an order sheet",
    hints=(
        "What does reload_names() say? It names the line. What does dig say of each name?",
        "Without a dot at its end a name is continued with the zone's. An MX leads to a name, and "
        "the name to an address.",
        "A name for the host, an A record behind it, the MX with a number and the name. A time "
        "to live stands between the name and IN; the last number of the SOA is for what there is "
        "not. Then a higher serial, and reload.",
    ),
)
def order_sheet(lab: Lab, answer: Any) -> Iterator[Claim]:
    """The zone of the bakery says what was ordered, in its file and on the wire."""
    yield from elsewhere(lab, NAMES, 'Lab("names")')
    if NAMES not in lab.hosts:
        return
    with twin(lab) as town:
        yield loads(lab, town, ORDERED, KEEPER)
        serial = serial_of(lab, ORDERED, KEEPER)
        yield Claim(
            "its serial is higher than that of the parked zone",
            serial > PARKED,
            f"more than {PARKED}",
            str(serial or "no serial, since it is not loaded"),
        )
        yield _two_mailhosts_of(town)
        yield _web(town)
        yield _no_news(town)
        yield _times(town)


def _two_mailhosts_of(town: Lab) -> Claim:
    found = walk(town, f"order@{ORDERED}")
    return Claim(
        "orders go to the oven, and to mail.ask.com if it is down",
        hosts_of(found) == OVEN,
        "oven.bakery.test at the address of the sheet, then mail.ask.com",
        said(found),
    )


def _web(town: Lab) -> Claim:
    wanted = {
        "www": {"A": ["198.51.100.2"], "AAAA": ["2001:db8:5::2"]},
        "shop": {"CNAME": ["www.bakery.test."]},
    }
    wrong = [
        f"{kind} of {name}.{ORDERED}"
        for name, kinds in wanted.items()
        for kind, data in kinds.items()
        if list(_ask(town, f"{name}.{ORDERED}", kind).texts) != data
    ]
    return Claim(
        "www has both addresses, and shop is another name of it",
        not wrong,
        "the records of the sheet",
        f"not so: {', '.join(wrong)}",
    )


def _no_news(town: Lab) -> Claim:
    found, other = walk(town, f"x@news.{ORDERED}"), _ask(town, f"news.{ORDERED}", "MX")
    return Claim(
        "news takes no mail, and says so",
        list(other.texts) == ["0 ."],
        "a record that says it, not a name that is missing",
        said(found),
    )


def _times(town: Lab) -> Claim:
    """Of the wanted times to live, those that are not so."""
    mx, host, none = (
        _ask(town, ORDERED, "MX").records,
        _ask(town, f"www.{ORDERED}", "A").records,
        _ask(town, f"no-such-name.{ORDERED}", "A").authority,
    )
    kept = {
        "MX": ({r.ttl for r in mx}, 600),
        "address": ({r.ttl for r in host}, 3600),
        "no such name": ({min(r.ttl, int(r.data.split()[-1])) for r in none}, 300),
    }
    wrong = [
        f"{what}: {', '.join(f'{ttl} s' for ttl in sorted(found)) or 'no answer'}"
        for what, (found, right) in kept.items()
        if found != {right}
    ]
    return Claim(
        "answers are kept as long as was ordered",
        not wrong,
        "ten minutes for MX, an hour for addresses, five minutes for what there is not",
        "; ".join(wrong),
    )


def _ask(town: Lab, name: str, kind: str) -> Any:
    return town.host(KEEPER).dig(name, kind, server=KEEPER)


# ── 05.2: eight domains ──────────────────────────────────────────────────────────────────────────

FRUITS = ("apple", "cherry", "fig", "lemon", "mango", "olive", "peach")
EIGHT = (*(f"{fruit}.orchard.test" for fruit in FRUITS), "quince.test")
WORDS = {"bounce": "fail", "bounces": "fail", "back": "fail", "wait": "defer", "waits": "defer"}


@cache
def _eight() -> dict[str, str]:
    """What becomes of a letter to each: the host that it goes to, or fail, or defer."""
    with Lab(replace(load_town("names"), name="05.2")) as town:
        return {domain.partition(".")[0]: _fate(walk(town, f"x@{domain}")) for domain in EIGHT}


def _fate(found: Explanation) -> str:
    hosts = hosts_of(found)
    return hosts[0][0] if hosts else str(found.data()["ends"][0]["outcome"])


@exercise(
    "05.2",
    "Predict it: eight domains",
    hints=(
        "Make three piles: there is a road; there is certainly none; nobody can say just now.",
        "An MX counts before an address; without MX the address is the road. Missing names and "
        "types are facts, a zone that is not loaded is an open question.",
        "Facts bounce, open questions wait. What is 10.1.1.7 to somebody outside? Who is the best "
        "host for peach, and who is asking?",
    ),
)
def eight_domains(lab: Lab, answer: Any) -> Iterator[Claim]:
    """Every guess is what the sending host decides."""
    right = _eight()
    given = answer.items() if isinstance(answer, Mapping) else ()
    guess = {str(k).partition(".")[0].lower(): _word(v) for k, v in given if str(v).strip()}
    missing = [name for name in right if name not in guess]
    yield Claim(
        "you have made eight guesses",
        not missing,
        "a host, “fail” or “defer” for each",
        f"none for {', '.join(missing)}",
    )
    piles = ((True, "the letters that find a road go there"), (False, "the others fail or wait"))
    for road, text in piles:
        pile = {name: fate for name, fate in right.items() if ("." in fate) is road}
        wrong = [name for name in pile if name in guess and guess[name] != pile[name]]
        yield Claim(
            text,
            all(name in guess for name in pile) and not wrong,
            "what exim -bt says on mail.example.com",
            f"not so: {len(wrong)} of {len(pile)}" if guess else "no guess yet",
        )


def _word(value: Any) -> str:
    word = str(value).strip().rstrip(".").lower()
    return WORDS.get(word, word)
