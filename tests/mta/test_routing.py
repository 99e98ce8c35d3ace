"""Routing a letter: loops, duplicates, copies, what is told, and what verification says.

What a router says of an address is tested in tests/exim/routing, beside real Exim.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from labmail.exim.routing import DELIVERY, RECIPIENT
from labmail.exim.routing.outcome import Accept, Defer, Discard, Fail
from labmail.mta import Guide, Recipient, Routing, route_all, verify
from labmail.mta.routing.planning import Plan
from labmail.mta.routing.routing import UNROUTEABLE, Chosen
from labmail.mta.surroundings import LetterNames

from .fakes import Dns, orders

ALIASES = """aliases:
  driver = redirect
  domains = +local_domains
  data = ${lookup{$local_part}lsearch{/etc/aliases}}
  allow_fail
  allow_defer
"""
FORWARD = """fwd:
  driver = redirect
  domains = +local_domains
  check_local_user
  file = $home/.forward
  check_ancestor
"""
PEOPLE = """people:
  driver = accept
  domains = +local_domains
  check_local_user
  transport = box
"""
AWAY = """away:
  driver = manualroute
  domains = ! +local_domains
  route_list = * 192.0.2.9
  transport = smtp
"""
ROUTERS = ALIASES + FORWARD + PEOPLE + AWAY


def plan(
    tmp: Path,
    addresses: str | Sequence[str],
    routers: str = ROUTERS,
    *,
    aliases: str = "",
    done: Sequence[str] = (),
    told: list[Chosen] | None = None,
    forward: dict[str, str] | None = None,
) -> Plan:
    wanted = [addresses] if isinstance(addresses, str) else addresses
    homes = {f"../home/{who}/.forward": text for who, text in (forward or {}).items()}

    def tell(chosen: Chosen) -> None:
        if told is not None:
            told.append(chosen)

    async def main() -> Plan:
        given = orders(tmp, routers, aliases=aliases, **homes)
        names = LetterNames(Dns())  # type: ignore[arg-type]
        guide = Guide(given.desk(given.context(names=names), purpose=DELIVERY), names, tell)
        return await route_all([Recipient(name) for name in wanted], guide, done=done)

    return asyncio.run(main())


def ends(found: Plan) -> list[str]:
    """``ann@lab.test people`` for each end."""
    return [f"{end.recipient.address} {end.router or said(end)}" for end in found.ends]


def said(end: Routing) -> str:
    return getattr(end.answer, "text", "")


# ── order and reasons ────────────────────────────────────────────────────────────────────────────


def test_the_first_router_that_accepts_decides(tmp_path: Path) -> None:
    found = plan(tmp_path, ["ann@lab.test", "x@far.test"])
    assert ends(found) == ["ann@lab.test people", "x@far.test away"]


def test_every_router_before_says_why_not(tmp_path: Path) -> None:
    (end,) = plan(tmp_path, "x@far.test").ends
    assert end.declined == (
        "aliases was skipped: far.test is not in +local_domains",
        "fwd was skipped: far.test is not in +local_domains",
        "people was skipped: far.test is not in +local_domains",
    )
    (end,) = plan(tmp_path, "ghost@lab.test").ends
    assert isinstance(end.answer, Fail) and end.answer.text == UNROUTEABLE
    assert end.declined == (
        "aliases declined: /etc/aliases has no entry for ghost",
        "fwd was skipped: /etc/passwd does not know ghost",
        "people was skipped: /etc/passwd does not know ghost",
        "away was skipped: lab.test is in +local_domains",
    )


# ── redirection ──────────────────────────────────────────────────────────────────────────────────


def test_an_alias_of_an_alias(tmp_path: Path) -> None:
    found = plan(tmp_path, "all@lab.test", aliases="all: team, x@far.test\nteam: ann, ben\n")
    assert ends(found) == ["x@far.test away", "ann@lab.test people", "ben@lab.test people"]
    assert {end.recipient.original.address for end in found.ends} == {"all@lab.test"}
    parents = [each.address for each in found.ends[1].recipient.ancestors()]
    assert parents == ["team@lab.test", "all@lab.test"]


@pytest.mark.parametrize("size", [1, 2, 3, 40])
def test_a_ring_of_aliases_is_unrouteable(size: int, tmp_path: Path) -> None:
    ring = "".join(f"loop{n}: loop{(n + 1) % size}\n" for n in range(size))
    found = plan(tmp_path, "loop0@lab.test", aliases=ring)
    assert ends(found) == [f"loop0@lab.test {UNROUTEABLE}"]
    assert "it would go in a circle" in found.ends[0].declined[0]


def test_an_alias_that_names_itself_reaches_the_mailbox(tmp_path: Path) -> None:
    found = plan(tmp_path, "ann@lab.test", aliases="ann: ann, ben\n")
    assert ends(found) == ["ann@lab.test people", "ben@lab.test people"]


def test_two_who_forward_to_each_other_both_get_mail(tmp_path: Path) -> None:
    both = plan(tmp_path, ["ann@lab.test", "ben@lab.test"], forward={"ann": "ben", "ben": "ann"})
    assert sorted(ends(both)) == ["ann@lab.test people", "ben@lab.test people"]


def test_special_ends(tmp_path: Path) -> None:
    text = "gone: :fail: moved away\nsink: :blackhole:\nslow: :defer: at noon\n"
    names = ["gone@lab.test", "sink@lab.test", "slow@lab.test"]
    found = plan(tmp_path, names, aliases=text)
    assert [type(end.answer) for end in found.ends] == [Fail, Discard, Defer]


# ── the same address twice ───────────────────────────────────────────────────────────────────────


def test_one_delivery_counts_for_all_who_lead_to_it(tmp_path: Path) -> None:
    names = ["team@lab.test", "ann@lab.test", "boss@lab.test"]
    found = plan(tmp_path, names, aliases="team: ann, ben\nboss: ann\n")
    assert sorted(ends(found)) == ["ann@lab.test people", "ben@lab.test people"]
    ann = next(end for end in found.ends if end.recipient.address == "ann@lab.test")
    assert {each.original.address for each in found.sharers(ann)} == set(names)


def test_what_is_done_is_left_out(tmp_path: Path) -> None:
    found = plan(
        tmp_path, ["team@lab.test", "cara@lab.test"], aliases="team: ann, ben\n",
        done=["ann@lab.test", "cara@lab.test"],
    )  # fmt: skip
    assert ends(found) == ["ben@lab.test people"]


def test_bobs_mailbox_may_be_done_while_his_archive_waits(tmp_path: Path) -> None:
    forward = {"ann": "ann, archive@far.test"}
    first = plan(tmp_path, "ann@lab.test", forward=forward)
    assert ends(first) == ["ann@lab.test people", "archive@far.test away"]
    mailbox = first.ends[0].recipient.unique
    again = plan(tmp_path, "ann@lab.test", forward=forward, done=[mailbox])
    assert ends(again) == ["archive@far.test away"]


def test_unseen_sends_a_copy_on(tmp_path: Path) -> None:
    archive = "archive:\n  driver = accept\n  unseen\n  transport = box\n"
    found = plan(tmp_path, "ann@lab.test", archive + ROUTERS)
    assert sorted(ends(found)) == ["ann@lab.test archive", "ann@lab.test people"]
    assert {end.recipient.original.address for end in found.ends} == {"ann@lab.test"}
    copy = next(end for end in found.ends if end.router == "archive")
    again = plan(tmp_path, "ann@lab.test", archive + ROUTERS, done=[copy.recipient.unique])
    assert ends(again) == ["ann@lab.test people"]


def test_files_and_programs_of_two_people_are_two(tmp_path: Path) -> None:
    forward = {"ann": "|/bin/count", "ben": "|/bin/count"}
    routers = ROUTERS.replace("check_ancestor", "check_ancestor\n  pipe_transport = program")
    found = plan(tmp_path, ["ann@lab.test", "ben@lab.test"], routers, forward=forward)
    assert [(end.recipient.address, end.transport) for end in found.ends] == [
        ("|/bin/count", "program")
    ] * 2
    assert len({end.recipient.unique for end in found.ends}) == 2


@pytest.mark.parametrize("more", ["x$local_part@lab.test", "a$local_part@lab.test, b$local_part"])
def test_aliases_that_grow_without_end_are_stopped(more: str, tmp_path: Path) -> None:
    grow = f"grow:\n  driver = redirect\n  repeat_use\n  data = {more}\n"
    found = plan(tmp_path, "a@lab.test", grow)
    assert len(found.ends) < 30_000
    assert any(isinstance(end.answer, Defer) for end in found.ends)


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def test_a_router_that_asks_the_network_is_told_of_first(tmp_path: Path) -> None:
    told: list[Chosen] = []
    plan(tmp_path, ["x@far.test", "ann@lab.test"], told=told)
    assert [(c.router.name, c.outcome is None) for c in told] == [("away", True), ("people", False)]
    assert told[0].reasons == ("far.test is not in +local_domains",)
    assert told[1].reasons == ("lab.test is in +local_domains", "/etc/passwd knows ann")


def test_an_unrouteable_address_is_told_by_whoever_gives_it_up(tmp_path: Path) -> None:
    told: list[Chosen] = []
    plan(tmp_path, "ghost@lab.test", told=told)
    assert told == []


# ── verification ─────────────────────────────────────────────────────────────────────────────────


def verified(tmp: Path, address: str, aliases: str, routers: str = ROUTERS) -> Routing:
    async def main() -> Routing:
        given = orders(tmp, routers, aliases=aliases)
        guide = Guide(given.desk(given.context(), purpose=RECIPIENT))
        return await verify(Recipient(address), guide)

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("ann@lab.test", Accept),
        ("ghost@lab.test", Fail),
        ("boss@lab.test", Accept),
        ("lost@lab.test", Fail),
        ("sink@lab.test", Discard),
        ("gone@lab.test", Fail),
        ("slow@lab.test", Defer),
        ("broken@lab.test", Defer),
        ("loop1@lab.test", Fail),
    ],
)
def test_verification(address: str, kind: type, tmp_path: Path) -> None:
    text = (
        "boss: ann\nlost: ghost\nsink: :blackhole:\ngone: :fail: moved\nslow: :defer: noon\n"
        "broken: ann ben\nloop1: loop2\nloop2: loop1\n"
    )
    assert isinstance(verified(tmp_path, address, text).answer, kind)


def test_an_alias_to_several_is_good_whatever_they_are(tmp_path: Path) -> None:
    found = verified(tmp_path, "team@lab.test", "team: ghost, phantom\n")
    assert not isinstance(found.answer, Fail)


def test_no_verify_is_not_asked(tmp_path: Path) -> None:
    shy = PEOPLE + "  no_verify\n"
    answer = verified(tmp_path, "ann@lab.test", "", shy).answer
    assert isinstance(answer, Fail) and answer.text == UNROUTEABLE
