"""Stamping: the Received field as the administrator wants it.

Whoever says nothing gets the field that `received` writes. ``received_header_text`` puts words of
its own there, to which the date is added; if they come to nothing, no field is added at all.

Law: Exim specification, chapter 14 under ``received_header_text``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import EximError
from labmail.exim.expansion.evaluator import expand
from labmail.exim.options.main.letters import RECEIVED
from labmail.exim.text import Text
from labmail.message.dates import rfc5322_date

from ..header import own_field
from ..told import octets, words

if TYPE_CHECKING:
    from ..letter import Letter
    from ..office import Office


async def stamp(office: Office, letter: Letter) -> None:
    """Puts the configuration's field in the place of ours, the first of the letter's header."""
    given = office.orders.main("received_header_text")
    if given in (None, RECEIVED):
        return
    context = office.context(letter, letter.body or b"")
    recipients = letter.head.recipients
    if len(recipients) == 1:
        context.variables["received_for"] = Text(octets(recipients[0]), True)
    try:
        text = words((await expand(str(given), context)).text)
    except EximError as problem:
        office.logs.panic(
            f'expansion of "{given}" (received_header_text) failed: {problem.message}', letter.id
        )
        return
    rest = letter.head.fields[1:]
    if text:
        name, _, value = f"{text};\n\t{rfc5322_date(letter.head.received)}".partition(":")
        rest = (own_field(name, value.lstrip(" "), utf8=True), *rest)
    letter.head.fields = rest
