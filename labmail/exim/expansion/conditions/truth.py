"""``bool{…}``: is a text a yes or a no? And ``bool_lax{…}``, which takes every word for a yes.

    a no     nothing, "no", "false", 0        a yes    "yes", "true", other numbers

Law: Exim specification, §11.7: ``bool``, ``bool_lax``.
"""

from __future__ import annotations

import re

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text

from ..context import Context
from .condition import condition

_SPACE = " \t\n\v\f\r"
_DIGITS = re.compile("-?[0-9]+")


@condition("bool", checked=True)
def strict(context: Context, given: Text) -> bool:
    """Anything that is neither is an error."""
    word = given.text.strip(_SPACE)
    if word.lower() in ("", "no", "false"):
        return False
    if word.lower() in ("yes", "true"):
        return True
    if _DIGITS.fullmatch(word):
        return bool(word.strip("-0"))
    raise ExpansionFailed(f'unrecognised boolean value "{word}"')


@condition("bool_lax")
def lax(context: Context, given: Text) -> bool:
    """Anything that is not a no is a yes."""
    word = given.text.strip(_SPACE).lower()
    return word not in ("", "no", "false", "0")
