"""``-bP``: what the configuration says. The tables that print are those of `labmail.exim.options`.

Each word asks one question: a main option by its name, a named list with ``+``, ``config``,
``routers``, ``router NAME``, ``macro NAME`` …; without words, all main options.

Law: Exim specification, §5.3, -bP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .opening import Opened


def print_options(opened: Opened) -> int:
    """Everything that was asked; gives the exit code."""
    from labmail.exim.options.printing import print_options as answer

    from .knowing import environment

    text, code = answer(
        opened.configuration,
        opened.request.words,
        bare=opened.request.terse,
        admin=_is_admin(opened),
        environment=environment(opened),
    )
    opened.caller.say(text)
    return code


def _is_admin(opened: Opened) -> bool:
    """Whether hidden values are shown: on this computer one is one's own administrator."""
    if opened.caller.host is None:
        return True
    from .accounts import who_is
    from .rights import is_admin

    return is_admin(who_is(opened.caller.machine), opened.configuration)
