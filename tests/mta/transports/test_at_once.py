"""serialize_hosts and max_parallel: what is too much at once is put off, in Exim 4.96's words."""

from __future__ import annotations

import pytest

from .remote.peers import Script
from .remote.sides import HERE, THERE, Far, ours

BOTH = {HERE: Script(), THERE: Script()}
TWO = "one.test : two.test"
SLEEPS = (f"sleep {HERE}", "send ann@far.test", "send ben@far.test")
THEN = (f"wake {HERE}", "run")
BUSY = "<2> == ben@far.test R=r T=t defer (-54): connection limit reached for all hosts for"
CROWDED = "<2> == ben@far.test R=r T=t defer (-57): concurrency limit reached for transport"


def served(log: list[str]) -> list[str]:
    return [line for line in log if "=>" in line]


def test_without_them_both_letters_are_on_their_way_at_once() -> None:
    heard = ours(Far(steps=(*SLEEPS, *THEN)))
    assert len(heard.hosts[HERE]) == 2
    assert not any("==" in line for line in heard.log)


def test_a_host_has_one_conversation_and_the_next_letter_gets_it() -> None:
    heard = ours(Far(("serialize_hosts = *",), steps=(*SLEEPS, *THEN)))
    assert f"{BUSY} 'far.test'" in heard.log
    assert len(heard.hosts[HERE]) == 1
    assert [line.partition("H=")[2] for line in served(heard.log)] == [
        'one.test [192.0.2.21] C="250 OK id=x"',
        'one.test [192.0.2.21]* C="250 OK id=x"',
    ]


def test_all_who_were_put_off_go_down_the_one_line_youngest_first() -> None:
    steps = (*SLEEPS, "send cy@far.test", f"wake {HERE}")
    heard = ours(Far(("serialize_hosts = *",), steps=steps))
    (said,) = heard.hosts[HERE]
    told = [line[9:12] for line in said if line.startswith("RCPT")]
    assert told == ["ann", "cy@", "ben"]


def test_where_letters_share_nothing_the_next_queue_run_calls() -> None:
    options = ("serialize_hosts = one.test", "connection_max_messages = 1")
    waits = ours(Far(options, steps=(*SLEEPS, f"wake {HERE}")))
    assert len(waits.hosts[HERE]) == len(served(waits.log)) == 1
    heard = ours(Far(options, steps=(*SLEEPS, f"wake {HERE}", "run")))
    assert len(heard.hosts[HERE]) == len(served(heard.log)) == 2


def test_another_host_takes_it() -> None:
    heard = ours(Far(("serialize_hosts = one.test",), TWO, BOTH, (*SLEEPS, *THEN)))
    assert not any("==" in line for line in heard.log)
    assert any("<2> => ben@far.test" in line and "H=two.test" in line for line in heard.log)


def test_a_busy_host_is_none_of_hosts_max_try() -> None:
    options = ("serialize_hosts = one.test", "hosts_max_try = 1")
    heard = ours(Far(options, TWO, BOTH, (*SLEEPS, *THEN)))
    assert len(served(heard.log)) == 2


def test_where_the_other_host_failed_it_is_told_what_failed() -> None:
    heard = ours(Far(("serialize_hosts = *",), TWO, {HERE: Script()}, (*SLEEPS, *THEN)))
    assert any("ben@far.test R=r T=t defer (111): Connection refused" in x for x in heard.log)


def test_one_is_busy_and_the_other_is_not_due() -> None:
    steps = (*SLEEPS, "send cy@far.test", f"wake {HERE}")
    heard = ours(Far(("serialize_hosts = *",), TWO, {HERE: Script()}, steps))
    assert (
        "<3> == cy@far.test R=r T=t defer (-54): some host address lookups failed and retry time "
        "not reached for other hosts or connection limit reached for 'far.test'"
    ) in heard.log


def test_who_is_not_in_the_list_is_called_as_often_as_one_likes() -> None:
    heard = ours(Far(("serialize_hosts = two.test",), steps=(*SLEEPS, *THEN)))
    assert len(heard.hosts[HERE]) == 2


def test_max_parallel_puts_off_what_is_too_much() -> None:
    heard = ours(Far(("max_parallel = ${if eq{a}{a}{1}}",), steps=(*SLEEPS, *THEN)))
    assert CROWDED in heard.log
    assert len(served(heard.log)) == 2


def test_the_place_is_free_when_the_letter_has_gone() -> None:
    steps = ("send ann@far.test", "send ben@far.test")
    heard = ours(Far(("max_parallel = 1",), steps=steps))
    assert not any("==" in line for line in heard.log)


@pytest.mark.parametrize("limit", ["2", "0", "", "1K"])
def test_who_has_a_place_goes(limit: str) -> None:
    heard = ours(Far((f"max_parallel = {limit}",), steps=(*SLEEPS, *THEN)))
    assert not any("==" in line for line in heard.log)


def test_a_limit_that_is_no_number() -> None:
    heard = ours(Far(("max_parallel = many",)))
    assert heard.log == [
        "<1> Failed to expand max_parallel option in t transport (ann@far.test): "
        'integer expected but "many" found',
        '<1> == ann@far.test R=r T=t defer (-1): integer expected but "many" found',
    ]
