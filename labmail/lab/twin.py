"""One method, two manners: called plainly it waits; with ``.aio`` it is awaited.

Notebooks and scripts want ``lab.run()``. A program with an event loop of its own wants
``await lab.run.aio()``. Both are the same coroutine, written once, running on the lab's own loop::

    class Lab:
        @twin
        async def run(self, within="1m"): ...

The object must have a ``_thread``: the `LoopThread` whose loop the coroutine belongs to.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from ..world import LoopThread

P = ParamSpec("P")
R = TypeVar("R")


class Twin(Generic[P, R]):
    """A bound method in both manners."""

    def __init__(self, owner: Any, function: Callable[..., Coroutine[Any, Any, R]]) -> None:
        self._owner, self._function = owner, function
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        thread: LoopThread = self._owner._thread
        return thread.call(self._function(self._owner, *args, **kwargs))

    async def aio(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The same, awaited in the caller's own event loop."""
        coroutine = self._function(self._owner, *args, **kwargs)
        if asyncio.get_running_loop() is self._owner._thread.loop:
            return await coroutine
        thread: LoopThread = self._owner._thread
        return await thread.ask(coroutine)


class twin(Generic[P, R]):
    """Decorates a coroutine method; see the module's head."""

    def __init__(self, function: Callable[Concatenate[Any, P], Coroutine[Any, Any, R]]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, owner: Any, kind: type | None = None) -> Twin[P, R]:
        return Twin(owner, self._function)
