"""``-Mset ID`` with ``-be``: strings may ask about a letter that waits.

    labmail at mail.ask.com exim -Mset 1vwz8C-000001-00 -be '$sender_address: $h_subject:'

Only an administrator may: a letter is nobody else's business.

Law: Exim specification, §5.3 (-Mset).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labmail.mta.told import facts, told

from .arguments import Refused
from .rights import DENIED, is_admin
from .working import calling, mail_system

if TYPE_CHECKING:
    from labmail.mta import Mta

    from .opening import Opened


def load_waiting(opened: Opened) -> None:
    """Puts the letter into the context. Raises `Refused` for whoever may not see it."""
    if not is_admin(calling(opened.caller), opened.configuration):
        raise Refused(DENIED.rstrip("\n"))
    name = opened.request.queue.loaded
    found = mail_system(opened)(lambda mta, *_: _fetch(mta, name))
    if found is None:
        stamp = opened.caller.stamp()
        opened.caller.complain(f"{stamp} Spool file {name}-D not found\n")
        opened.caller.say(f"Failed to load message datafile {name}\n")
        opened.caller.say(f"Failed to load message {name}\n")
        return
    letter, body = found
    opened.context.message = told(letter, body)
    opened.context.variables.update(facts(letter))


async def _fetch(mta: Mta, message_id: str) -> Any:
    """The letter and its body; None where it does not wait."""
    if message_id not in mta.queue:
        return None
    letter = mta.queue[message_id]
    body = letter.body
    if body is None:
        body = await mta.office.disk(mta.office.spool.body, message_id)
    return letter, body
