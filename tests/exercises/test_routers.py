"""The checks of chapter 09: routers of one's own, and routers in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from labmail.exercises import check
from labmail.exercises.answers import CONF_D, HOST
from labmail.exercises.routers import ADDRESSES, FAULTS, another_noon, routers_of_the_puzzle
from labmail.lab import Lab, load_town


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(replace(load_town("two_companies"), name="09"), threads=False) as lab:
        yield lab


def missing(lab: Lab, number: str, answer: object = None) -> list[int]:
    verdict = check(number, lab, answer)
    assert not verdict.trouble, verdict.trouble
    return [at for at, claim in enumerate(verdict.claims) if not claim.holds]


def put(lab: Lab, name: str, text: str) -> None:
    host = lab.host(HOST)
    host.files.write_text(f"{CONF_D}/router/{name}", text)
    host.update_exim4_conf()
    host.reload()


LISTS = """lists:
  driver = manualroute
  domains = lists.example.com
  route_list = * mail.ask.com
  transport = remote_smtp
"""


@pytest.mark.parametrize(
    ("name", "text", "wanting"),
    [
        ("110_lists", LISTS, []),
        ("110_lists", LISTS.replace("mail.ask.com", "128.10.30.2"), []),
        ("250_lists", LISTS, [0, 1, 2]),
        ("110_lists", LISTS.replace("  domains = lists.example.com\n", ""), [3, 4, 6]),
        ("110_lists", LISTS.replace("lists.example.com", "*.example.com"), [3]),
        ("110_lists", LISTS.replace("* mail.ask.com", "* games.example.com"), [0, 1, 2]),
    ],
)
def test_a_way_for_the_lists(name: str, text: str, wanting: list[int], lab: Lab) -> None:
    put(lab, name, text)
    assert missing(lab, "09.1") == wanting


def test_the_puzzle_is_walked_and_not_written_down(lab: Lab) -> None:
    truth = routers_of_the_puzzle()
    assert set(truth) == set(ADDRESSES) and {"people", "gone", "away", ""} == set(truth.values())
    assert missing(lab, "09.2", truth) == []
    assert missing(lab, "09.2", truth | {"chess@lists.test": "lists"}) == [7]
    assert missing(lab, "09.2", None)[0] == 0


@pytest.mark.parametrize("seed", range(len(FAULTS)))
def test_every_router_in_the_way_is_seen_and_gone_when_its_fragment_is(seed: int) -> None:
    with another_noon(seed) as noon:
        assert missing(noon, "09.3")
        host = noon.host(HOST)
        for name in host.files.listdir(f"{CONF_D}/router"):
            if name.endswith("_extra"):
                host.files.real(f"{CONF_D}/router/{name}").unlink()
        host.update_exim4_conf()
        host.reload()
        assert missing(noon, "09.3") == []


PLUS = """plus:
  driver = accept
  domains = +local_domains
  check_local_user
  local_part_suffix = +*
  local_part_suffix_optional
  transport = LOCAL_DELIVERY
"""


@pytest.mark.parametrize(
    ("text", "wanting"),
    [
        (PLUS, []),
        (PLUS.replace("  check_local_user\n", ""), [2, 5]),
        (PLUS.replace("  local_part_suffix_optional\n", "  no_more\n"), []),
        (PLUS.replace("+*", "-*"), [0, 6]),
    ],
)
def test_a_plus(text: str, wanting: list[int], lab: Lab) -> None:
    put(lab, "860_plus", text)
    lab.user("alice@example.com").send(to="anna+shop@example.com", subject="Your order")
    lab.run()
    found = missing(lab, "09.4")
    assert found == wanting or (wanting and set(wanting) <= set(found))
