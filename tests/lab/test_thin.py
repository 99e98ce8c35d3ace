"""The whole journey without a thread and without a socket: what a browser's tab allows."""

import asyncio
import os
import socket
import threading

import pytest

from labmail.lab import Lab
from labmail.world import Standstill
from tests.lab.test_wire import journey


@pytest.fixture
def nothing(monkeypatch):
    """Threads and sockets are made to raise."""

    def no_thread(*args):
        raise RuntimeError("can't start new thread")

    def no_socket(*args, **kwargs):
        raise OSError("there are no sockets here")

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    monkeypatch.setattr(socket.socket, "__init__", no_socket)
    monkeypatch.setattr(socket, "socketpair", no_socket)


def test_the_journey_needs_neither_threads_nor_sockets(nothing):
    with Lab("two_companies", threads=False) as lab:
        letter = lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?")
        [mail] = lab.user("bob@ask.com").fetch()
        assert mail.subject == "Lunch?"
        assert lab.story(letter).recipients["bob@ask.com"].state == "fetched"
        assert threading.active_count() == 1 or threading.current_thread().name == "MainThread"


def test_the_trace_is_that_of_a_lab_with_threads(nothing, monkeypatch):
    thin = journey(threads=False)
    assert journey(threads=False) == thin
    monkeypatch.undo()
    assert journey() == thin


def test_it_is_a_lab_like_any_other(nothing):
    with Lab("two_companies", threads=False) as lab:
        talk = lab.talk("mail.ask.com")
        assert talk.say("EHLO here.test").code == 250
        with lab.faults.down("mail.ask.com"):
            letter = lab.user("alice@example.com").send(to="bob@ask.com", subject="Late")
            assert len(lab.host("mail.example.com").queue) == 1
        lab.clock.advance("20m")
        assert lab.story(letter).recipients["bob@ask.com"].state == "delivered"
        lab.reset()
        assert len(lab.user("bob@ask.com").mailbox) == 0


@pytest.mark.only_on("linux")
def test_it_opens_no_descriptor_but_files():
    with Lab("two_companies", threads=False) as lab:
        lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?")
        before = descriptors()
        with Lab("two_companies", threads=False):
            assert descriptors() <= before
    with Lab("two_companies"):
        assert len(descriptors()) > len(before)


def descriptors():
    """What this process holds that is no file: sockets, pipes, epoll."""
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
        except FileNotFoundError:
            continue
        if not target.startswith("/"):
            found.add(f"{number} {target}")
    return found


def test_it_says_that_nothing_can_happen_instead_of_hanging():
    with Lab("two_companies", threads=False) as lab:
        clock = lab._site.world.clock
        before = clock.time()
        with pytest.raises(Standstill, match="nothing can happen until the clock is advanced"):
            lab._thread.call(clock.sleep("1h"))
        assert clock.time() == before
        lab.clock.advance("1h")
        assert lab.user("alice@example.com").send(to="bob@ask.com", subject="On we go")


def test_it_runs_inside_a_running_loop():
    """As in a notebook's cell: the loop of the cell stands still meanwhile, and then goes on."""

    async def cell():
        with Lab("two_companies", threads=False) as lab:
            task = asyncio.current_task()
            lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?")
            assert asyncio.current_task() is task
            await asyncio.sleep(0)
            await lab.clock.advance.aio("1m")
            mails = await lab.user("bob@ask.com").fetch.aio()
            await asyncio.sleep(0.001)
            return len(mails)

    assert asyncio.run(cell()) == 1


def test_calls_that_cannot_be_answered():
    lab = Lab("two_companies", threads=False)

    async def within():
        lab.run()

    with pytest.raises(RuntimeError, match="async twin"):
        lab._thread.call(within())
    lab.close()
    lab.close()
    assert not lab.is_open
    with pytest.raises(RuntimeError, match="closed"):
        lab.run()


def test_what_needs_sockets_or_threads_says_so():
    with (
        Lab("two_companies", threads=False) as lab,
        pytest.raises(RuntimeError, match="no sockets"),
    ):
        lab.endpoint("mail.ask.com", "smtp")
    with pytest.raises(RuntimeError, match="no sockets"):
        Lab("two_companies", threads=False, wire="sockets")
    with pytest.raises(ValueError, match="live"):
        Lab("two_companies", threads=False, live=True)


def test_an_error_is_the_caller_s():
    with Lab("two_companies", threads=False) as lab:
        with pytest.raises(KeyError, match="nobody"):
            lab.talk("nobody")
        lab.run()
