"""queryprogram: a program is asked what to do with an address.

Law: Exim specification, chapter 21.
"""

from __future__ import annotations

from typing import Any

from labmail.exim.config import Block, Configuration
from labmail.exim.config.owners import GROUP, ExpandedOwner
from labmail.exim.config.people import People
from labmail.exim.options.field import Field, expanded, expanded_user, text, time
from labmail.exim.options.routers.generic import Router, refuse


class CommandGroup(ExpandedOwner):
    """A group whose text, if it has a `$`, `-bP` keeps for itself: so does Exim's."""

    def show(self, option: str, value: Any, people: People) -> str:
        return super().show(option, "" if isinstance(value, str) else value, people)


COMMAND_GROUP = CommandGroup(GROUP)


class QueryProgram(Router):
    command = expanded(None, "The program and its arguments.")
    command_user = expanded_user("As whom it runs.")
    command_group = Field(COMMAND_GROUP, None, "In which group.")
    current_directory = text("/", "In which folder.")
    timeout = time(3600, "How long it may take.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        if block["command"] is None:
            raise refuse(block, "a command specification is required")
        if block["command_user"] is None:
            raise refuse(block, "command_user must be specified")
