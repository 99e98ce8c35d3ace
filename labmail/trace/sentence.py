"""Sentences as data: most of what an event says is a form with its own facts filled in.

    class HandedOver(Event):
        target: str
        reply: str

        question = sentence("Did {target} take the letter?")
        answer = sentence("Yes: “{reply}”. {host} may forget it.")
        peer = fact("target")

A sentence that must think first is a property, as in any class.
"""

from __future__ import annotations

from typing import Any


class _Facts:
    """The fields of an event, as `str.format_map` asks for them."""

    def __init__(self, event: Any) -> None:
        self._event = event

    def __getitem__(self, name: str) -> Any:
        return getattr(self._event, name)


def sentence(form: str) -> Any:
    """A property that is ``form``, with the event's own fields in place of the words in braces.

    >>> class Tea:
    ...     host, minutes = "kettle", 4
    ...     answer = sentence("Ready on {host} in {minutes} minutes.")
    >>> Tea().answer
    'Ready on kettle in 4 minutes.'
    """
    return property(lambda event: form.format_map(_Facts(event)), doc=form)


def fact(name: str) -> Any:
    """A property that is the field called ``name``, for what all events call something else."""
    return property(lambda event: getattr(event, name), doc=f"``{name}``.")
