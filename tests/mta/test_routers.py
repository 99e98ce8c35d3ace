"""Each router driver: every answer it can give, and why."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from labmail.dns import MailHosts
from labmail.mta.lists import DomainList
from labmail.mta.recipient import Recipient
from labmail.mta.routers import (
    PRIVATE,
    Accept,
    AcceptRouter,
    Answer,
    Decline,
    Defer,
    Discard,
    DnslookupRouter,
    Fail,
    ManualrouteRouter,
    Pass,
    Redirect,
    RedirectRouter,
    RouteList,
    Router,
)

from .fakes import Dns, context, host, mx

DNS = Dns(
    {
        "plain.test": mx((10, "mx1.plain.test", "198.51.100.11"), (20, "b.test", "198.51.100.12")),
        "nomx.test": mx((0, "nomx.test", "198.51.100.20"), status="implicit"),
        "null.test": mx(status="null"),
        "gone.test": mx(status="nxdomain"),
        "empty.test": mx(status="none"),
        "silent.test": mx(status="failed"),
        "bad.test": mx(why=("nohost.test is left out: it has no known address.",)),
        "ip.test": mx(why=("192.0.2.9 is left out: an address, not the name of a host.",)),
        "inner.test": mx((10, "lan.test", "192.168.3.4")),
        "mixed.test": mx((10, "lan.test", "192.168.3.4"), (20, "b.test", "198.51.100.12")),
        "here.test": mx((5, "mx1.lab.test", "192.0.2.5"), (10, "b.test", "198.51.100.12")),
        "second.test": mx(
            (5, "a.test", "198.51.100.11"),
            (10, "mx1.lab.test", "192.0.2.5"),
            (10, "c.test", "198.51.100.13"),
            (20, "b.test", "198.51.100.12"),
        ),
        "own.test": mx((0, "own.test", "192.0.2.5"), status="implicit"),
    },
    {
        "smart.test": ("198.51.100.40",),
        "both.test": ("2001:db8::40", "198.51.100.40"),
        "mute.test": (),
        "self.test": ("192.0.2.5",),
    },
)


def ask(router: Router, address: str, tmp: Path, **files: str) -> Answer:
    async def main() -> Answer:
        recipient = Recipient(address)
        surroundings = context(host(tmp, **files), DNS)
        person = await surroundings.etc.person(recipient.local_part)
        return await router.route(recipient, replace_person(surroundings, person))

    return asyncio.run(main())


def replace_person(surroundings: Any, person: Any) -> Any:
    from dataclasses import replace

    return replace(surroundings, person=person)


# ── accept ───────────────────────────────────────────────────────────────────────────────────────


def test_accept_knows_whose_account_it_is(tmp_path: Path) -> None:
    answer = ask(AcceptRouter(name="people", transport="box"), "ANN@lab.test", tmp_path)
    assert isinstance(answer, Accept)
    assert answer.transport == "box"
    assert answer.person is not None and answer.person.home == "/home/ann"


def test_a_transport_may_depend_on_the_address(tmp_path: Path) -> None:
    router = AcceptRouter(name="people", transport=lambda r, c: f"box_{r.local_part}")
    answer = ask(router, "ben@lab.test", tmp_path)
    assert isinstance(answer, Accept) and answer.transport == "box_ben"


# ── dnslookup ────────────────────────────────────────────────────────────────────────────────────

DNSLOOKUP = DnslookupRouter(name="d", transport="smtp", ignore_target_hosts=PRIVATE)


@pytest.mark.parametrize(
    ("domain", "hosts"),
    [
        ("plain.test", ["mx1.plain.test [198.51.100.11] MX=10", "b.test [198.51.100.12] MX=20"]),
        ("nomx.test", ["nomx.test [198.51.100.20]"]),
        ("mixed.test", ["b.test [198.51.100.12] MX=20"]),
        ("second.test", ["a.test [198.51.100.11] MX=5"]),
    ],
)
def test_dnslookup_finds_hosts(domain: str, hosts: list[str], tmp_path: Path) -> None:
    answer = ask(DNSLOOKUP, f"x@{domain}", tmp_path)
    assert isinstance(answer, Accept)
    assert [str(each) for each in answer.hosts] == hosts


@pytest.mark.parametrize(
    ("domain", "text"),
    [
        ("null.test", "an MX or SRV record indicated no SMTP service"),
        ("bad.test", "all relevant MX records point to non-existent hosts"),
        (
            "ip.test",
            "all relevant MX records point to non-existent hosts or (invalidly) to IP addresses",
        ),
        ("inner.test", "all relevant MX records point to non-existent hosts"),
    ],
)
def test_dnslookup_fails(domain: str, text: str, tmp_path: Path) -> None:
    answer = ask(DNSLOOKUP, f"x@{domain}", tmp_path)
    assert isinstance(answer, Fail) and answer.text == text


def test_dnslookup_declines_what_does_not_exist(tmp_path: Path) -> None:
    assert ask(DNSLOOKUP, "x@gone.test", tmp_path) == Decline("there is no domain gone.test")
    assert isinstance(ask(DNSLOOKUP, "x@empty.test", tmp_path), Decline)


def test_no_answer_is_not_no(tmp_path: Path) -> None:
    answer = ask(DNSLOOKUP, "x@silent.test", tmp_path)
    assert isinstance(answer, Defer)
    assert answer.text == "host lookup did not complete" and not answer.freeze


def test_private_addresses_count_where_nobody_says_otherwise(tmp_path: Path) -> None:
    answer = ask(DnslookupRouter(name="d", transport="smtp"), "x@inner.test", tmp_path)
    assert isinstance(answer, Accept)


@pytest.mark.parametrize(
    ("domain", "text"),
    [
        ("here.test", "lowest numbered MX record points to local host"),
        ("own.test", "remote host address is the local host"),
    ],
)
def test_the_best_host_is_this_one(domain: str, text: str, tmp_path: Path) -> None:
    answer = ask(DNSLOOKUP, f"x@{domain}", tmp_path)
    assert isinstance(answer, Defer) and answer.text == text and answer.freeze
    for how, kind in (("pass", Pass), ("fail", Fail), ("defer", Defer)):
        router = DnslookupRouter(name="d", transport="smtp", if_self=how)  # type: ignore[arg-type]
        assert isinstance(ask(router, f"x@{domain}", tmp_path), kind)


# ── manualroute ──────────────────────────────────────────────────────────────────────────────────


def manual(text: str, **options: Any) -> ManualrouteRouter:
    return ManualrouteRouter(
        name="m", transport="smtp", route_list=RouteList.parse(text), **options
    )


def test_manualroute_takes_the_first_item_that_matches(tmp_path: Path) -> None:
    router = manual("a.test 192.0.2.10 ; *.a.test smart.test::587 : 192.0.2.11 ; * both.test")
    for address, hosts in (
        ("x@a.test", ["192.0.2.10 [192.0.2.10]"]),
        ("x@b.a.test", ["smart.test [198.51.100.40]:587", "192.0.2.11 [192.0.2.11]"]),
        ("x@c.test", ["both.test [2001:db8::40]", "both.test [198.51.100.40]"]),
    ):
        answer = ask(router, address, tmp_path)
        assert isinstance(answer, Accept)
        assert [str(each) for each in answer.hosts] == hosts


def test_manualroute_declines_what_its_list_does_not_name(tmp_path: Path) -> None:
    answer = ask(manual("a.test 192.0.2.10"), "x@b.test", tmp_path)
    assert answer == Decline("its route_list has no item for b.test")


@pytest.mark.parametrize(
    ("how", "kind"),
    [("freeze", Defer), ("defer", Defer), ("fail", Fail), ("decline", Decline), ("pass", Pass)],
)
def test_a_host_that_does_not_exist(how: str, kind: type, tmp_path: Path) -> None:
    answer = ask(manual("* nowhere.test", host_find_failed=how), "x@b.test", tmp_path)
    assert isinstance(answer, kind)
    assert getattr(answer, "freeze", False) is (how == "freeze")


def test_a_host_that_nobody_can_tell_of(tmp_path: Path) -> None:
    answer = ask(manual("* mute.test", host_find_failed="fail"), "x@b.test", tmp_path)
    assert isinstance(answer, Defer) and not answer.freeze


def test_ignored_hosts_leave_the_others(tmp_path: Path) -> None:
    router = manual("a.test nowhere.test : smart.test ; * nowhere.test", host_find_failed="ignore")
    answer = ask(router, "x@a.test", tmp_path)
    assert isinstance(answer, Accept) and len(answer.hosts) == 1
    assert isinstance(ask(router, "x@b.test", tmp_path), Defer)


def test_a_route_to_oneself(tmp_path: Path) -> None:
    assert isinstance(ask(manual("* self.test"), "x@b.test", tmp_path), Defer)


@pytest.mark.parametrize("text", ["a.test", "a.test :", "a.test b.test::smtp"])
def test_route_lists_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(ValueError, match="route_list item"):
        RouteList.parse(text)


# ── redirect ─────────────────────────────────────────────────────────────────────────────────────

ALIASES = RedirectRouter(
    name="aliases", file_of_aliases="/etc/aliases", allow_fail=True, allow_defer=True
)
FORWARD = RedirectRouter(name="fwd", file="$home/.forward", check_ancestor=True)


def alias(text: str, tmp_path: Path, address: str = "x@lab.test", **files: str) -> Answer:
    return ask(ALIASES, address, tmp_path, aliases=text, **files)


def test_an_alias_becomes_addresses(tmp_path: Path) -> None:
    answer = alias("X: ann, ben@far.test, ann\n", tmp_path)
    assert answer == Redirect(("ann@lab.test", "ben@far.test"), "/etc/aliases, line 1 names them")


def test_a_name_without_an_alias(tmp_path: Path) -> None:
    assert alias("y: ann\n", tmp_path) == Decline("/etc/aliases has no line for x")


def test_special_items(tmp_path: Path) -> None:
    assert isinstance(alias("x: :blackhole:\n", tmp_path), Discard)
    assert alias("x: :fail: gone in May\n", tmp_path).text == "gone in May"  # type: ignore[union-attr]
    later = alias("x: :defer: at noon\n", tmp_path)
    assert isinstance(later, Defer) and later.public and later.text == "at noon"
    assert isinstance(alias("x: :unknown:\n", tmp_path), Decline)
    assert isinstance(alias("x:\n", tmp_path), Decline)


def test_special_items_need_leave(tmp_path: Path) -> None:
    router = RedirectRouter(name="aliases", file_of_aliases="/etc/aliases")
    answer = ask(router, "x@lab.test", tmp_path, aliases="x: :fail: no\n")
    assert isinstance(answer, Defer)
    assert ":fail: is not allowed in aliases (/etc/aliases, line 1, column 4)" in answer.text


@pytest.mark.parametrize(("item", "kind"), [("|/bin/cat", "pipe"), ("/var/mail/x", "file")])
def test_programs_and_files_need_a_transport(item: str, kind: str, tmp_path: Path) -> None:
    answer = alias(f"x: {item}\n", tmp_path)
    assert isinstance(answer, Defer) and answer.text == f"{kind}_transport unset in aliases router"


def test_a_slip_defers_and_says_where(tmp_path: Path) -> None:
    answer = alias("x: ann ben\n", tmp_path)
    assert isinstance(answer, Defer) and not answer.public
    assert answer.text.endswith("(/etc/aliases, line 1, column 8)")


def test_a_file_that_cannot_be_read_defers(tmp_path: Path) -> None:
    answer = ask(ALIASES, "x@lab.test", tmp_path)
    assert answer == Defer("failed to open /etc/aliases: No such file or directory")


def test_included_files(tmp_path: Path) -> None:
    text = "x: ann, :include:/etc/list\n"
    assert alias(text, tmp_path, list="ben\n# not me\ncara@far.test\n") == Redirect(
        ("ann@lab.test", "ben@lab.test", "cara@far.test"), "/etc/aliases, line 1 names them"
    )


def test_an_included_file_that_is_missing(tmp_path: Path) -> None:
    answer = alias("x: :include:/etc/none\n", tmp_path)
    assert isinstance(answer, Defer)
    assert "failed to open included file /etc/none: No such file or directory" in answer.text


def test_a_list_that_includes_itself(tmp_path: Path) -> None:
    answer = alias("x: :include:/etc/list\n", tmp_path, list=":include:/etc/list\n")
    assert isinstance(answer, Defer) and "included files are not permitted here" in answer.text


def test_an_alias_is_read_again_when_the_file_changes(tmp_path: Path) -> None:
    async def main() -> tuple[Answer, Answer]:
        files = host(tmp_path, aliases="x: ann\n")
        surroundings = context(files)
        before = await ALIASES.route(Recipient("x@lab.test"), surroundings)
        files.write_text("/etc/aliases", "x: ben\n")
        return before, await ALIASES.route(Recipient("x@lab.test"), surroundings)

    before, after = asyncio.run(main())
    assert isinstance(before, Redirect) and before.children == ("ann@lab.test",)
    assert isinstance(after, Redirect) and after.children == ("ben@lab.test",)


def forward(text: str, tmp_path: Path) -> Answer:
    return ask(FORWARD, "ann@lab.test", tmp_path, **{"../home/ann/.forward": text})


def test_a_forward_file(tmp_path: Path) -> None:
    assert forward("# to my other address\nann@home.test\n", tmp_path) == Redirect(
        ("ann@home.test",), "/home/ann/.forward names them"
    )


def test_forwarding_to_oneself(tmp_path: Path) -> None:
    for text in ("ann\n", r"\ann", "ann@lab.test", "ANN@LAB.TEST".replace("ANN", "ann")):
        answer = forward(text, tmp_path)
        assert isinstance(answer, Redirect) and answer.children == ("ann@lab.test",)


def test_no_forward_file(tmp_path: Path) -> None:
    answer = ask(FORWARD, "ann@lab.test", tmp_path)
    assert answer == Decline("there is no /home/ann/.forward")
    assert isinstance(forward("\n# nothing\n", tmp_path), Decline)


def test_filters_are_not_read_as_addresses(tmp_path: Path) -> None:
    answer = forward("# Exim filter\nif true then finish endif\n", tmp_path)
    assert answer == Defer("error in filter data: filtering not enabled")


def test_routers_are_frozen() -> None:
    with pytest.raises(AttributeError):
        ALIASES.name = "other"  # type: ignore[misc]
    assert DomainList("a.test") == DomainList(["a.test"])
    assert MailHosts("a.test", "none").hosts == ()
