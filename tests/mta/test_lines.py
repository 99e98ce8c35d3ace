"""Lines: letters that wait for a host share a conversation, the youngest first."""

from __future__ import annotations

import asyncio
from typing import Any

from labmail.mta.delivery.lines import MOST, Key, Line, Lines

KEY = Key("smtp", "one.test", "192.0.2.1")


class Client:
    """A conversation of which only its end matters."""

    connected = True

    async def quit(self) -> None:
        self.connected = False


def line() -> Any:
    return Line(KEY, Client())  # type: ignore[arg-type]


def test_the_first_letter_calls_by_itself() -> None:
    assert asyncio.run(Lines().take(KEY, "a")) is None


def test_letters_that_were_put_off_get_the_line_youngest_first() -> None:
    async def main() -> None:
        lines = Lines()
        for letter in "abc":
            lines.put_off(KEY, letter)
        assert await lines.take(KEY, "a") is None
        waiting = {each: asyncio.create_task(lines.take(KEY, each)) for each in "bc"}
        await asyncio.sleep(0)
        first = line()
        lines.served(KEY, "a")
        await lines.give(first, 3)
        assert await waiting["c"] is first and first.letters == 2
        lines.served(KEY, "c")
        await lines.give(first, 3)
        assert await waiting["b"] is first and first.letters == 3
        lines.served(KEY, "b")
        await lines.give(first, 3)
        assert not first.client.connected

    asyncio.run(main())


def test_a_letter_of_the_queue_is_roused() -> None:
    async def main() -> None:
        roused: list[str] = []
        lines = Lines(rouse=lambda letter: roused.append(letter) or letter == "b")  # type: ignore
        for letter in "abc":
            lines.put_off(KEY, letter)
        assert await lines.take(KEY, "x") is None
        first = line()
        await lines.give(first, 0)
        assert roused == ["c", "b"]
        assert lines.waiting(KEY) == ("a", "b")  # nobody knows c any more
        assert await lines.take(KEY, "b") is first
        assert lines.over("b") is None

    asyncio.run(main())


def test_a_line_that_was_promised_and_not_used_is_given_back() -> None:
    async def main() -> None:
        lines = Lines(rouse=lambda letter: True)
        lines.put_off(KEY, "b")
        await lines.take(KEY, "a")
        first = line()
        await lines.give(first, 0)
        assert lines.over("b") is first

    asyncio.run(main())


def test_where_no_conversation_comes_about_the_next_may_call() -> None:
    async def main() -> None:
        lines = Lines()
        for letter in "ab":
            lines.put_off(KEY, letter)
        await lines.take(KEY, "a")
        second = asyncio.create_task(lines.take(KEY, "b"))
        await asyncio.sleep(0)
        assert not second.done()
        lines.failed(KEY)
        assert await second is None

    asyncio.run(main())


def test_one_call_too_many_waits_for_a_line() -> None:
    async def main() -> None:
        lines = Lines()
        for number in range(MOST):
            assert await lines.take(KEY, str(number)) is None
        late = asyncio.create_task(lines.take(KEY, "late"))
        await asyncio.sleep(0)
        first = line()
        await lines.give(first, 500)
        assert await late is first

    asyncio.run(main())


def test_who_is_told_to_stop_leaves_its_place() -> None:
    async def main() -> None:
        lines = Lines()
        lines.put_off(KEY, "b")
        await lines.take(KEY, "a")
        waiting = asyncio.create_task(lines.take(KEY, "b"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        first = line()
        await lines.give(first, 500)
        assert not first.client.connected

    asyncio.run(main())
