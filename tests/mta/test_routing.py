"""Routing: order, preconditions, loops, duplicates, copies, and what verification says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from labmail.mta import DomainList, NameList, Outside, Recipient, Routing, route_all, verify
from labmail.mta.routers import (
    Accept,
    AcceptRouter,
    Answer,
    Context,
    Decline,
    Defer,
    Discard,
    Fail,
    Pass,
    RedirectRouter,
    Router,
)
from labmail.mta.routing import UNROUTEABLE, Chosen, Plan

from .fakes import context, host

LAB = DomainList("lab.test", "local_domains")
ALIASES = RedirectRouter(
    name="aliases", domains=LAB, file_of_aliases="/etc/aliases", allow_fail=True, allow_defer=True
)
FORWARD = RedirectRouter(
    name="fwd", domains=LAB, check_local_user=True, file="$home/.forward", check_ancestor=True
)
PEOPLE = AcceptRouter(name="people", domains=LAB, check_local_user=True, transport="box")
AWAY = AcceptRouter(name="away", domains=Outside(LAB), transport="smtp")
ROUTERS = (ALIASES, FORWARD, PEOPLE, AWAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Says(Router):
    """A router that says what it is told to."""

    answer: Answer
    asks = True

    async def route(self, recipient: Recipient, context: Context) -> Answer:
        return self.answer


def plan(
    tmp: Path,
    addresses: str | Sequence[str],
    routers: Sequence[Router] = ROUTERS,
    *,
    aliases: str = "",
    done: Sequence[str] = (),
    told: list[Chosen] | None = None,
    forward: dict[str, str] | None = None,
    **changes: Any,
) -> Plan:
    names = [addresses] if isinstance(addresses, str) else addresses

    async def main() -> Plan:
        homes = {f"../home/{who}/.forward": text for who, text in (forward or {}).items()}
        surroundings = context(host(tmp, aliases=aliases, **homes), **changes)

        def tell(chosen: Chosen) -> None:
            if told is not None:
                told.append(chosen)

        return await route_all(
            [Recipient(name) for name in names], routers, lambda r: surroundings, tell, done=done
        )

    return asyncio.run(main())


def ends(found: Plan) -> list[str]:
    """``ann@lab.test people`` for each end."""
    return [f"{end.recipient.address} {end.router or said(end)}" for end in found.ends]


def said(end: Routing) -> str:
    return getattr(end.answer, "text", "")


# ── order and preconditions ──────────────────────────────────────────────────────────────────────


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
    assert end.answer == Fail(UNROUTEABLE)
    assert end.declined == (
        "aliases declined: /etc/aliases has no line for ghost",
        "fwd was skipped: /etc/passwd does not know ghost",
        "people was skipped: /etc/passwd does not know ghost",
        "away was skipped: lab.test is in +local_domains",
    )


@pytest.mark.parametrize(
    ("options", "address", "why"),
    [
        ({"local_parts": NameList("ben")}, "ann@lab.test", "ann is not in ben"),
        ({"senders": NameList("a@b.test")}, "ann@lab.test", "sender@far.test is not in a@b.test"),
        ({"check_local_user": True}, "zoe@lab.test", "/etc/passwd does not know zoe"),
        ({"domains": Outside(LAB)}, "ann@lab.test", "lab.test is in +local_domains"),
    ],
)
def test_preconditions(options: Any, address: str, why: str, tmp_path: Path) -> None:
    router = AcceptRouter(name="r", transport="t", **options)
    (end,) = plan(tmp_path, address, [router]).ends
    assert end.declined == (f"r was skipped: {why}",)


def test_a_condition_of_ones_own(tmp_path: Path) -> None:
    def only_on_mondays(recipient: Recipient, surroundings: Context) -> bool:
        return False

    router = AcceptRouter(name="r", transport="t", condition=only_on_mondays)
    (end,) = plan(tmp_path, "ann@lab.test", [router]).ends
    assert end.declined == ("r was skipped: its condition only on mondays is false",)


def test_no_more_ends_it_when_the_router_declines(tmp_path: Path) -> None:
    stop = Says(name="s", answer=Decline("no such domain"), no_more=True)
    (end,) = plan(tmp_path, "ann@lab.test", [stop, PEOPLE]).ends
    assert end.answer == Fail(UNROUTEABLE)
    skipped = replace(stop, domains=Outside(LAB))
    assert ends(plan(tmp_path, "ann@lab.test", [skipped, PEOPLE])) == ["ann@lab.test people"]


def test_pass_goes_on_in_spite_of_no_more(tmp_path: Path) -> None:
    stop = Says(name="s", answer=Pass("not I"), no_more=True)
    assert ends(plan(tmp_path, "ann@lab.test", [stop, PEOPLE])) == ["ann@lab.test people"]


def test_fail_and_defer_end_it(tmp_path: Path) -> None:
    for answer in (Fail("never"), Defer("later")):
        found = plan(tmp_path, "ann@lab.test", [Says(name="s", answer=answer), PEOPLE])
        assert [end.answer for end in found.ends] == [answer]


def test_a_message_of_the_routers_own(tmp_path: Path) -> None:
    stop = Says(
        name="s", answer=Decline("x"), no_more=True, cannot_route_message="not at this school"
    )
    assert ends(plan(tmp_path, "ann@lab.test", [stop])) == ["ann@lab.test not at this school"]


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
    assert "it has made loop0@lab.test of loop0@lab.test already" in found.ends[0].declined[0]


def test_an_alias_that_names_itself_reaches_the_mailbox(tmp_path: Path) -> None:
    found = plan(tmp_path, "ann@lab.test", aliases="ann: ann, ben\n")
    assert ends(found) == ["ann@lab.test people", "ben@lab.test people"]


def test_two_who_forward_to_each_other_both_get_mail(tmp_path: Path) -> None:
    both = plan(tmp_path, ["ann@lab.test", "ben@lab.test"], forward={"ann": "ben", "ben": "ann"})
    assert sorted(ends(both)) == ["ann@lab.test people", "ben@lab.test people"]


def test_aliases_that_grow_without_end_are_stopped(tmp_path: Path) -> None:
    grow = RedirectRouter(name="grow", data=lambda r, c: f"x{r.local_part}@lab.test")
    (end,) = plan(tmp_path, "a@lab.test", [grow]).ends
    assert isinstance(end.answer, Defer) and "redirected too often" in end.answer.text


def test_aliases_that_fan_out_without_end_are_stopped(tmp_path: Path) -> None:
    fan = RedirectRouter(
        name="fan",
        data=lambda r, c: "".join(f"{n}{r.local_part}@lab.test," for n in range(50)),
    )
    found = plan(tmp_path, "a@lab.test", [fan])
    assert len(found.ends) < 30_000


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
    archive = AcceptRouter(name="archive", domains=LAB, transport="archive_box", unseen=True)
    found = plan(tmp_path, "ann@lab.test", [archive, *ROUTERS])
    assert ends(found) == ["ann@lab.test archive", "ann@lab.test people"]
    assert {end.recipient.original.address for end in found.ends} == {"ann@lab.test"}


def test_ten_thousand_recipients(tmp_path: Path) -> None:
    found = plan(tmp_path, [f"u{n}@far.test" for n in range(10_000)])
    assert len(found.ends) == 10_000


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def test_a_router_that_asks_the_network_is_told_of_first(tmp_path: Path) -> None:
    told: list[Chosen] = []
    asks = Says(name="s", answer=Accept("smtp"), domains=Outside(LAB))
    plan(tmp_path, ["x@far.test", "ann@lab.test"], [asks, PEOPLE], told=told)
    assert [(c.router.name, c.answer is None) for c in told] == [("s", True), ("people", False)]
    assert told[0].reasons == ("far.test is not in +local_domains",)
    assert told[1].reasons == ("lab.test is in +local_domains", "/etc/passwd knows ann")


# ── verification ─────────────────────────────────────────────────────────────────────────────────


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

    async def main() -> Routing:
        return await verify(Recipient(address), ROUTERS, context(host(tmp_path, aliases=text)))

    assert isinstance(asyncio.run(main()).answer, kind)


def test_an_alias_to_several_is_good_whatever_they_are(tmp_path: Path) -> None:
    async def main() -> Routing:
        files = host(tmp_path, aliases="team: ghost, phantom\n")
        return await verify(Recipient("team@lab.test"), ROUTERS, context(files))

    assert not isinstance(asyncio.run(main()).answer, Fail)


def test_no_verify_is_not_asked(tmp_path: Path) -> None:
    shy = replace(PEOPLE, no_verify=True)

    async def main() -> Routing:
        surroundings = context(host(tmp_path), verifying=True)
        return await verify(Recipient("ann@lab.test"), [shy], surroundings)

    assert asyncio.run(main()).answer == Fail(UNROUTEABLE)
