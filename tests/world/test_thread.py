"""The lab's thread: answers calls, can be interrupted, and leaves when it is told or forgotten."""

import asyncio
import gc
import signal
import socket
import threading
import time
import weakref

import pytest

from labmail.world import EPOCH, LabLoop, LoopThread, make_world

NAME = "labmail test"


@pytest.fixture
def thread():
    thread = LoopThread(LabLoop(), NAME)
    yield thread
    thread.stop()


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    gc.collect()
    wait_until(lambda: not alive())


def alive():
    return [thread for thread in threading.enumerate() if thread.name == NAME]


def wait_until(true, patience=5.0):
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.002)


async def world_of(thread):
    world = make_world(thread.loop)
    world.network.add_host("10.1.0.1")
    return world


async def give(value):
    return value


# -- calls


def test_a_call_gives_its_result_and_its_error(thread):
    async def fail():
        raise ZeroDivisionError

    assert thread.call(give(42)) == 42
    with pytest.raises(ZeroDivisionError):
        thread.call(fail())
    assert thread.alive


def test_many_threads_may_call(thread):
    answers = []
    callers = [
        threading.Thread(target=lambda n=n: answers.append(thread.call(give(n)))) for n in range(20)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(answers) == list(range(20))


def test_a_call_from_its_own_thread_is_refused(thread):
    """It would wait for itself. A callback in the lab must await instead."""

    async def inside():
        with pytest.raises(RuntimeError, match="own thread"):
            thread.call(give(1))
        return "refused"

    assert thread.call(inside()) == "refused"


def test_a_call_after_the_end_is_refused(thread):
    thread.stop()
    assert not thread.alive
    with pytest.raises(RuntimeError, match="closed"):
        thread.call(give(1))


def test_a_call_that_takes_too_long(thread):
    with pytest.raises(TimeoutError):
        thread.call(asyncio.Event().wait(), timeout=0.02)
    assert thread.call(give(1)) == 1


def test_who_waits_while_the_lab_is_closed_is_told(thread):
    errors = []

    def wait():
        with pytest.raises(RuntimeError, match="closed before it could answer") as caught:
            thread.call(asyncio.Event().wait())
        errors.append(caught.value)

    callers = [threading.Thread(target=wait) for _ in range(5)]
    for caller in callers:
        caller.start()
    time.sleep(0.05)
    thread.stop()
    for caller in callers:
        caller.join(5)
    assert len(errors) == 5


def test_a_loop_that_is_stopped_behind_its_threads_back(thread):
    """A call that comes while the workers are awaited is told as well, and does not hang."""

    async def work_on():
        thread.loop.run_in_executor(None, time.sleep, 0.3)

    thread.call(work_on())
    thread.loop.call_soon_threadsafe(thread.loop.stop)
    time.sleep(0.1)
    with pytest.raises(RuntimeError, match="closed before it could answer"):
        thread.call(asyncio.Event().wait(), timeout=5)


def test_callers_and_the_end_race():
    """However a call meets the end, the caller gets an answer or is told: he never hangs."""
    for _ in range(30):
        thread = LoopThread(LabLoop(), NAME)
        outcomes = []

        def ask(thread=thread, outcomes=outcomes):
            try:
                while True:
                    outcomes.append(thread.call(give(1), timeout=5))
            except RuntimeError as error:
                outcomes.append(str(error))

        callers = [threading.Thread(target=ask) for _ in range(3)]
        for caller in callers:
            caller.start()
        thread.stop()
        for caller in callers:
            caller.join(5)
            assert not caller.is_alive()
        assert sum(isinstance(outcome, str) for outcome in outcomes) == 3


# -- interrupts


def test_an_interrupt_leaves_the_clock_standing_and_usable(thread):
    """Ctrl-C, or the stop button of a notebook, during an advance that would take for ever."""
    world = thread.call(world_of(thread))

    async def tick():
        while True:
            await asyncio.sleep(1)

    async def start():
        return asyncio.ensure_future(tick())

    task = thread.call(start())
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    begin = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            thread.call(world.clock.advance("5000w"))
        assert time.monotonic() - begin < 5
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    stood = thread.call(give(None)) or world.clock.time()
    time.sleep(0.02)
    assert world.clock.time() == stood > EPOCH
    thread.call(world.clock.advance("1m"))
    assert world.clock.time() == stood + 60
    thread.loop.call_soon_threadsafe(task.cancel)


def test_an_advance_after_one_that_timed_out(thread):
    world = thread.call(world_of(thread))

    async def hold():
        with world.clock.hold("a program"):
            await asyncio.Event().wait()

    async def start():
        return asyncio.ensure_future(hold())

    task = thread.call(start())
    for _ in range(3):
        with pytest.raises(TimeoutError):
            thread.call(world.clock.advance("1d"), timeout=0.02)
    thread.loop.call_soon_threadsafe(task.cancel)
    thread.call(world.clock.advance("1d"))
    assert world.clock.time() == EPOCH + 86400


# -- the end


def test_stop_can_be_called_twice_and_from_anywhere(thread):
    async def inside():
        thread.stop()

    thread.call(give(1))
    with pytest.raises(RuntimeError, match="closed"):
        thread.call(inside())
        thread.call(give(1))
    thread.stop()
    thread.stop()
    wait_until(lambda: not alive())
    assert thread.loop.is_closed()


def test_stop_ends_what_runs_and_closes_the_network(thread):
    world = thread.call(world_of(thread))
    ended, tasks = [], []

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(5)  # of the lab's time: need not be waited for
            ended.append(world.clock.time())

    async def start():
        tasks.append(asyncio.ensure_future(work()))
        await world.network.listen("10.1.0.1", 25, asyncio.Protocol)
        return await world.network.endpoint("10.1.0.1", 25)

    door = thread.call(start())
    socket.create_connection(door).close()
    begin = time.monotonic()
    thread.stop()
    assert time.monotonic() - begin < 3
    assert ended == [EPOCH + 5]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(door)


def test_a_lab_that_nobody_holds_is_collected_and_its_thread_ends():
    class Owner:
        def __init__(self):
            self.thread = LoopThread(LabLoop(), NAME)
            self.world = self.thread.call(world_of(self.thread))
            self.myself = self  # a cycle, as owners have them

        def call(self):
            async def start():
                await self.world.network.listen("10.1.0.1", 25, asyncio.Protocol)
                return await self.world.network.endpoint("10.1.0.1", 25)

            return self.thread.call(start())

    owner = Owner()
    door = owner.call()
    socket.create_connection(door).close()
    forgotten = weakref.ref(owner)
    del owner
    gc.collect()
    assert forgotten() is None
    wait_until(lambda: not alive())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(door)


def test_two_labs_with_the_same_addresses_do_not_meet():
    first, second = LoopThread(LabLoop(), NAME), LoopThread(LabLoop(), NAME)
    worlds = [thread.call(world_of(thread)) for thread in (first, second)]
    callers = [
        threading.Thread(target=thread.call, args=(world.clock.advance(f"{days}d"),))
        for thread, world, days in zip((first, second), worlds, (4, 9), strict=True)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert [world.clock.time() - EPOCH for world in worlds] == [4 * 86400, 9 * 86400]
    first.stop()
    assert second.call(give("still here")) == "still here"
    second.stop()


def test_a_blocking_client_in_the_notebooks_thread():
    """What a lesson does: smtplib-like code in a cell speaks to a server of the lab."""
    thread = LoopThread(LabLoop(), NAME)
    world = thread.call(world_of(thread))

    async def serve(reader, writer):
        writer.write(b"220 hello " + writer.get_extra_info("peername")[0].encode() + b"\r\n")
        while line := await reader.readline():
            writer.write(b"250 " + line)
        writer.write(b"221 bye\r\n")
        writer.close()

    async def start():
        await asyncio.start_server(serve, "10.1.0.1", 25)
        return await world.network.endpoint("10.1.0.1", 25)

    with socket.create_connection(thread.call(start()), timeout=5) as sock:
        sock.sendall(b"one\r\ntwo\r\n")
        sock.shutdown(socket.SHUT_WR)
        answer = b""
        while data := sock.recv(4096):
            answer += data
    assert answer == b"220 hello 192.0.2.1\r\n250 one\r\n250 two\r\n221 bye\r\n"
    thread.stop()
