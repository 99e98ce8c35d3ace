"""What an administrator says of reports: their texts, who signs them, who gets a copy.

    bounce_message_file = /etc/exim4/bounce.txt     texts, with lines of **** between them
    dsn_from            = Postmaster <postmaster@$qualify_domain>
    errors_copy         = *@lab.test  boss@lab.test

Each text is expanded: it may ask for the letter that the report is about (``$h_subject:``), and for
``$bounce_recipient`` or ``$warn_message_delay``. A file that cannot be read, or a text that cannot
be expanded, goes to the panic log, and the ordinary words are used.

Law: Exim specification, chapter 49; chapter 14 under ``dsn_from`` and ``errors_copy``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from labmail.exim.config.split import split
from labmail.exim.errors import EximError
from labmail.exim.expansion.evaluator import expand
from labmail.exim.expansion.lists import match_address
from labmail.exim.text import Text

from ..told import octets, words

if TYPE_CHECKING:
    from ..letter import Letter
    from ..office import Office

ENDS = "****"
"""The line between two texts."""


async def texts(
    office: Office, letter: Letter, body: bytes, option: str, told: Mapping[str, str]
) -> tuple[str, ...] | None:
    """The texts of the file that an option names, expanded; None where there is none."""
    named = office.orders.main(option) if option else None
    if named is None:
        return None
    context = office.context(letter, body)
    context.variables.update({name: Text(octets(value)) for name, value in told.items()})
    try:
        path = (await expand(str(named), context)).text
        whole = office.orders.tree.read_bytes(path).decode("latin-1")
        made = [words((await expand(item, context)).text) for item in items(whole)]
    except (EximError, OSError) as problem:
        why = problem.message if isinstance(problem, EximError) else problem.strerror
        office.logs.panic(f"Failed to use {named} for {option}: {why}", letter.id)
        return None
    return tuple(made)


def items(whole: str) -> list[str]:
    """The texts of a file.

    >>> items("Subject: x\\n****\\nSorry:\\n")
    ['Subject: x\\n', 'Sorry:\\n']
    """
    made = [""]
    for line in whole.splitlines(keepends=True):
        if line.startswith(ENDS):
            made.append("")
        else:
            made[-1] += line
    return made


async def reporter_of(office: Office, letter: Letter) -> str:
    """Who signs reports: ``dsn_from``."""
    try:
        return await office.orders.text("dsn_from")
    except EximError as problem:
        office.logs.panic(f"failed to expand dsn_from: {problem.message}", letter.id)
        return f"Mail Delivery System <Mailer-Daemon@{office.orders.qualify_domain}>"


async def errors_copy(office: Office, letter: Letter, to: str) -> tuple[str, ...]:
    """Who else gets a bounce that goes to an address: ``errors_copy``."""
    listed = office.orders.main("errors_copy")
    if listed is None:
        return ()
    context = office.context(letter, b"")
    for item in split(str(listed)):
        pattern, _, given = item.strip().partition(" ")
        try:
            found = await match_address(context, Text(octets(to), True), Text(pattern))
            if not found:
                continue
            context.numeric = found.numeric or ()
            copies = words((await expand(given.strip(), context)).text)
        except EximError as problem:
            office.logs.panic(f"failed to expand errors_copy: {problem.message}", letter.id)
            return ()
        return tuple(each.strip() for each in copies.split(",") if each.strip())
    return ()


async def wants_warnings(office: Office, letter: Letter) -> bool:
    """Whether the sender of a letter is told that it takes long: ``delay_warning_condition``."""
    condition = office.orders.main("delay_warning_condition")
    if condition is None:
        return True
    try:
        text = (await expand(str(condition), office.context(letter, b""))).text.strip().lower()
    except EximError as problem:
        office.logs.panic(f"delay_warning_condition expansion failed: {problem.message}", letter.id)
        return False
    return text not in ("", "0", "no", "false")
