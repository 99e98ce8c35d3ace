"""Conditions about the state of things: a file, the letter, the queue.

Law: Exim specification, §11.7: ``exists``, ``first_delivery``, ``queue_running``.
"""

from __future__ import annotations

from labmail.exim.errors import ExpansionFailed
from labmail.exim.text import Text

from ..context import Context
from .condition import condition


@condition()
def exists(context: Context, name: Text) -> bool:
    """Is there a file, or anything else, of that name?"""
    if "existstest" in context.forbidden:
        raise ExpansionFailed("File existence tests are not permitted")
    if context.files is None or not name.text or name.tainted:
        return False
    try:
        context.files.stat(name.text)
    except OSError:
        return False
    return True


@condition(arguments=0)
def first_delivery(context: Context) -> bool:
    """Is this the first attempt to deliver the letter?"""
    return bool(context.variables.get("first_delivery"))


@condition(arguments=0)
def queue_running(context: Context) -> bool:
    """Was the delivery started by a walk through the queue?"""
    return bool(context.variables.get("queue_running"))
