"""Running the engine without an event loop.

Expansion may have to wait, for a name server or a program, so it is written as coroutines. On a
command line whoever is asked answers at once: nothing ever waits, no loop is needed, and none is
imported, for that would take longer than the expansion.

Try: ``drive(expand("${uc:abc}", context))``.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def drive(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nobody. Raises what it raises.

    RuntimeError if it does wait: then it belongs on an event loop.
    """
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise RuntimeError("this expansion waits for an answer: await it on an event loop instead")
