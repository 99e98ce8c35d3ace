"""``-bf`` for a file that is no filter: the addresses, files and programs of a .forward file.

They are shown from the last to the first, as real Exim does.

Law: Exim specification, §5.3, -bf; chapter 22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labmail.exim.expansion.completing import qualified
from labmail.exim.routing.redirection.reading import Broken, Permits, Reading, Spoken, leniency
from labmail.exim.text import Text

if TYPE_CHECKING:
    from .opening import Opened


def test_forward(text: str, opened: Opened) -> bool:
    """Says what the file comes to; gives whether it can be read."""
    caller, context = opened.caller, opened.context
    permits = Permits(fail=False, defer=False, lenient=leniency(context.settings))
    reading = Reading(permits, context.files, context.files.read_bytes)
    try:
        items = reading.read(Text(text))
    except Spoken as spoken:
        caller.say('exim: forwardfile contains ":blackhole:"\n')
        items = spoken.items
    except Broken as broken:
        caller.say(f"exim: error in forward file: {broken}\n")
        return False
    if not items:
        caller.say("exim: no addresses generated from forward file\n")
        return True
    lines = (f"  {_whole(item, opened)}\n" for item in reversed(items))
    caller.say(f"exim: forward file generated:\n{''.join(lines)}")
    return True


def _whole(item: Any, opened: Opened) -> str:
    """The item with a domain, where it is an address."""
    text: str = item.text.text
    if item.made:
        return text
    settings, name = opened.context.settings, opened.caller.machine.name
    return qualified(text, settings, settings.get("primary_hostname") or name, "qualify_recipient")
