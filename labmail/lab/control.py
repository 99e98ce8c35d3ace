"""Who answers a second terminal: a lab in a thread can be commanded from outside its process.

The commands are a room above this one, so the lab does not know them. Whoever brings both together
(the face, ``labmail serve``) says here how a channel is opened; a lab opens it when it starts, and
closes it when it ends. See `labmail.commands.control`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .lab import Lab

Opener = Callable[["Lab"], Callable[[], None]]
"""Opens a channel to a lab, and gives what closes it. Raises OSError."""

_opener: Opener | None = None


def open_with(opener: Opener | None) -> None:
    """From here on each lab that starts can be reached; with None, it cannot."""
    global _opener
    _opener = opener


def open_channel(lab: Lab) -> Callable[[], None]:
    """Opens the channel of a lab, if anybody is there to answer; gives what closes it."""
    return _opener(lab) if _opener is not None else no_channel


def no_channel() -> None:
    """Closes the channel of a lab that has none."""
