"""A host loses its power at a chosen moment: what its client was told, what is left, who has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labmail.lab import Lab

HERE, THERE = "mail.example.com", "mail.ask.com"
ALICE, BOB = "alice@example.com", "bob@ask.com"
pytestmark = pytest.mark.only_on("linux")


THREADS = pytest.param(True, marks=pytest.mark.long)


@pytest.fixture(params=[False, THREADS], ids=["in place", "threads"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with Lab("two_companies", threads=request.param) as lab:
        yield lab


def send(lab: Lab, to: str = BOB) -> str:
    """What Alice's program was told: ``250`` or why not."""
    letter = lab.user(ALICE).send(to=to, subject="Now?", text="Well?\n")
    return str(letter.outcomes[to].why)


def copies(lab: Lab) -> int:
    return len(lab.user(BOB).everything)


@pytest.mark.parametrize(
    ("when", "told", "arrive"),
    [
        ("arriving", "SMTP timeout after end of data", 0),
        ("accepted", "250", 1),
        ("passed on", "250", 2),
        ("completed", "250", 1),
        (None, "Connection timed out", 0),
    ],
)
def test_what_arrives(when: str | None, told: str, arrive: int, lab: Lab) -> None:
    with lab.faults.power_cut(HERE, when):
        assert send(lab).startswith(told)
    lab.clock.advance("1h")
    assert copies(lab) == arrive
    assert len(lab.host(HERE).queue) == 0
    assert send(lab).startswith("250")
    assert copies(lab) == arrive + 1


def test_without_power_there_are_files_and_no_host(lab: Lab) -> None:
    host = lab.host(HERE)
    with lab.faults.power_cut(HERE, "accepted") as fault:
        send(lab)
        assert "loses its power: when it has said 250" in str(fault)
        with pytest.raises(ValueError, match="no power"):
            _ = host.queue
        assert " <= " not in host.mainlog  # nobody had waited for that line
        assert host.files.listdir("/var/spool/exim4/journal") == ["000001"]
        assert host.files.listdir("/var/spool/exim4/input") == []
        with pytest.raises(ValueError, match="already"):
            lab.faults.power_cut(HERE)
    lab.run()
    assert " => bob@ask.com " in host.mainlog
    assert len(lab.trace.find("lab.PowerFailed", host=HERE)) == 1


def test_the_far_host_without_power_is_silent_and_its_letter_is_tried_again(lab: Lab) -> None:
    with lab.faults.power_cut(THERE, "arriving"):
        assert send(lab).startswith("250")
        lab.clock.advance("15m")
        assert "Connection timed out" in lab.host(HERE).mainlog
    lab.clock.advance("1h")
    assert copies(lab) == 1


def test_a_letter_that_waits_is_found_again(lab: Lab) -> None:
    lab.down(THERE)
    send(lab)
    lab.clock.advance("1m")
    (before,) = lab.host(HERE).queue
    with lab.faults.power_cut(HERE):
        pass
    (after,) = lab.host(HERE).queue
    assert (after.id, after.sender) == (before.id, before.sender)
    lab.up(THERE)
    lab.clock.advance("1h")
    assert copies(lab) == 1


def test_hints_of_hosts_outlive_it_as_they_were_when_it_was_set(lab: Lab) -> None:
    lab.down(THERE)
    send(lab)
    lab.clock.advance("20m")
    host = lab.host(HERE)
    for _ in range(3):
        with lab.faults.power_cut(HERE):
            lab.clock.advance("1h")
        lab.clock.advance("1h")
        assert not host.files.exists("/var/log/exim4/paniclog")
    assert any("first_failed" in str(attempt) for _, attempt in host._mta.hints)
    lab.up(THERE)
    lab.clock.advance("3h")
    assert copies(lab) == 1


def test_a_local_letter_is_in_the_mailbox_or_in_the_queue(lab: Lab) -> None:
    anna = "anna@example.com"
    for number, when in enumerate(("accepted", "completed"), 1):
        with lab.faults.power_cut(HERE, when):
            assert send(lab, anna).startswith("250")
        lab.clock.advance("1h")
        assert len(lab.user(anna).everything) == number


def test_a_moment_that_never_comes_is_taken_back(lab: Lab) -> None:
    with lab.faults.power_cut(HERE, "passed on"):
        send(lab, "anna@example.com")
    assert copies(lab) == 0 and send(lab).startswith("250")
    assert not lab.trace.find("lab.PowerFailed")


def test_a_name_server_without_power_comes_back(lab: Lab) -> None:
    with lab.faults.power_cut("ns.ask.com"):
        send(lab)
        assert copies(lab) == 0
    lab.clock.advance("1h")
    assert copies(lab) == 1


def test_a_lab_can_be_closed_while_a_host_is_without_power(lab: Lab) -> None:
    lab.faults.power_cut(HERE)
    lab.close()
    assert not lab.is_open


def test_unknown_moments_and_hosts(lab: Lab) -> None:
    with pytest.raises(ValueError, match="arriving, accepted"):
        lab.faults.power_cut(HERE, "tomorrow")  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        lab.faults.power_cut("mail.nowhere.test")
