"""From text to text: the way in.

    text ──parse──▶ tree ──evaluate, in a context──▶ Text

Whoever wants a string expanded calls `expand`. A tree that needs nobody to be waited for is
computed at once; otherwise each node is awaited, and on a command line nobody ever waits: see
`labmail.exim.drive`.

Law: Exim specification, chapter 11.

Try: ``drive(expand("${uc:abc}", Context()))``.
"""

from __future__ import annotations

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text

from .context import Context
from .parser import parse
from .tree import Node, cut, evaluate

DEPTH = 20
"""How often an expansion may ask for another one, through ${expand:…}, an ACL or a list."""

TOO_DEEP = "nested too deep: strings that expand strings, one inside the other"


async def expand(given: str | Text | Node, context: Context) -> Text:
    """The value of a string. ExpansionFailed if it has none, Deferred if not now."""
    if isinstance(given, Text):
        if given.tainted:
            raise ExpansionFailed(
                f"attempt to expand tainted string '{given.text}'",
                help="a stranger chose this text: what he writes is not to be computed",
            )
        given = given.text
    tree = parse(cut(given)) if isinstance(given, str) else given
    if context.observer is not None and context.depth and isinstance(given, str) and "$" in given:
        context.observer.inside(tree, cut(given))
    if context.depth == 0:
        context.budget.renew()
    elif context.depth >= DEPTH:
        raise ExpansionFailed(TOO_DEEP)
    context.depth += 1
    try:
        return await evaluate(tree, context)
    except RecursionError:
        raise ExpansionFailed(TOO_DEEP) from None
    finally:
        context.depth -= 1
