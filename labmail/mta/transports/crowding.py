"""How many deliveries of a transport go on at once: ``max_parallel``.

    max_parallel = 2     two letters are with the transport: the third is put off, and not tried

A pipe into a program that is slow, or a neighbour with little memory: what is too much for them
waits in the queue, and nobody has failed; so no retry hint is kept, and the next queue run tries
again. A transport in the shadow of another is not counted.

Law: Exim specification, chapter 24 (max_parallel).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from labmail.message.outcome import Deferred

from .asking import GENERAL, Asked, Hindered, hinder, whole_number

CROWDED = -57
"""Exim's number for "concurrency limit reached for transport"."""


class Crowds:
    """The deliveries that go on in one MTA, transport by transport."""

    def __init__(self) -> None:
        self._at_work: Counter[str] = Counter()

    @asynccontextmanager
    async def place(self, asked: Asked) -> AsyncIterator[None]:
        """A place at a transport that says ``max_parallel``, for as long as a delivery goes on.

        Raises `Hindered` where there is none, or where the limit is not a number."""
        name, most = asked.block.name, await most_at_once(asked)
        if 0 < most <= self._at_work[name]:
            why = "concurrency limit reached for transport"
            raise Hindered(Deferred(why, CROWDED, code="4.3.2"))
        self._at_work[name] += 1
        try:
            yield
        finally:
            self._at_work[name] -= 1


async def most_at_once(asked: Asked) -> int:
    """How many may be at work; 0: as many as want to. Raises `Hindered`."""
    told = await asked.expanded(asked["max_parallel"], lambda said: said, GENERAL)
    if told is None or not told.text.strip():
        return 0
    most = whole_number(told.text)
    if most is None:
        raise hinder(f'integer expected but "{told.text}" found', GENERAL)
    return most
