r"""A command of the configuration, taken apart into the words that a program is started with.

    /usr/bin/count -d "$domain now" $pipe_addresses
       │            │   │             └ each address of the batch, a word of its own
       │            │   └ in double quotes backslashes count, in single quotes they do not
       └────────────┴ cut at white space first, and each word expanded after that

So the number of words does not depend on what strings turn into, and no quote in a letter can end
a quoted word. There is no shell. The words of a stranger are not for a program's command line: what
is tainted is refused; ``$pipe_addresses`` is the exception.

Law: Exim specification, §29.3.

Try: ``await command_line(asked, "/bin/count $domain", "address_pipe transport", batch)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labmail.exim.errors import Deferred as NotNow
from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.evaluator import expand
from labmail.exim.expansion.items.running import words as cut
from labmail.exim.text import Text
from labmail.message.outcome import Deferred, Failed

from ..told import octets, words
from .asking import Asked, Hindered

if TYPE_CHECKING:
    from .base import Assigned

ADDRESSES, ADDRESS = "$pipe_addresses", "$address_pipe"


async def command_line(
    asked: Asked,
    line: str,
    what: str,
    batch: Sequence[Assigned],
    *,
    expanding: bool = True,
    for_good: bool = False,
    inner: str = "",
    errno: int = 0,
) -> list[str]:
    """The words of ``line``. ``what`` names it in Exim's sentences; ``for_good``: what cannot be
    expanded fails, instead of waiting; ``inner`` is the command that ``$address_pipe`` stands for;
    ``errno`` is Exim's number for a word that cannot be expanded.

    Raises `Hindered`.
    """
    found: list[Text] = []
    for word in cut(line):
        if word == ADDRESSES:
            found += [Text(octets(_written(each, asked))) for each in batch]
        elif word == ADDRESS and inner:
            found += [Text(each) for each in cut(inner)]
        elif expanding:
            found.append(await _expanded(asked, word, line, what, for_good, errno))
        else:
            found.append(Text(word))
    for number, text in enumerate(found):
        if text.tainted and text.text:
            why = f"Tainted arg {number} for {what} command: '{text.text}'"
            raise Hindered(Failed(words(why), code="5.3.5"))
    return [words(text.text) for text in found]


async def _expanded(
    asked: Asked, word: str, line: str, what: str, for_good: bool, errno: int
) -> Text:
    try:
        return await expand(word, asked.context)
    except (ExpansionFailed, NotNow) as failed:
        why = words(
            f'Expansion of "{word}" from command "{line}" in {what} failed: {failed.message}'
        )
        gone = for_good and isinstance(failed, ExpansionFailed)
        later = Deferred(why, errno, code="4.3.5")
        raise Hindered(Failed(why, code="5.3.5") if gone else later) from None


def _written(each: Assigned, asked: Asked) -> str:
    from .base import written_address

    return written_address(each, asked, affixes=True)
