"""passwd: a user of this machine.

        ${lookup passwd {bob}}      *:1001:1001:Bob:/home/bob:/bin/sh

The value is the user's line of ``/etc/passwd`` without the name; whatever stands there for the
password is shown as a star. The file is the host's own, so a lab host tells of its own people.

Law: Exim specification, §9.4.
"""

from __future__ import annotations

from labmail.exim.lookups.table import Answer, Question, World

_FILE = "/etc/passwd"
_FIELDS = 7


async def find(question: Question, world: World) -> Answer:
    """The user whose name is the query."""
    try:
        text = world.files.read_bytes(_FILE).decode("latin-1")
    except OSError:
        return Answer(None, f"{_FILE} cannot be read")
    for line in text.split("\n"):
        fields = line.split(":")
        if len(fields) == _FIELDS and fields[0] == question.key:
            return Answer(":".join(["*", *fields[2:]]), f"{question.key} is a user of this host")
    return Answer(None, f"{_FILE} has no user {question.key}")


def quote(name: str, text: str, option: str | None) -> str | None:
    """Nothing in a user's name has a meaning of its own."""
    return text if option is None else None
