"""What ``exim -bp`` prints, read back: the letters that wait.

     2m   294 1xW8Q5-00000B-0n <bob@ask.com>
              carol@ask.com
            D sales@ask.com

Age, size, id, sender, and perhaps ``*** frozen ***``; below, the recipients, those with a ``D``
served already.

Law: Exim specification, §5.3 (-bp).

Try: ``read_listing(text)[0].waiting``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HEAD = re.compile(
    r"\s*(?P<age>\d+)(?P<unit>[mhd])\s+(?P<size>[\d.]+)(?P<scale>[KM]?)\s+"
    r"(?P<id>[\w-]+) <(?P<sender>[^>]*)>(?:.*?(?P<frozen>\*\*\* frozen \*\*\*))?"
)
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_SCALES = {"": 1, "K": 1024, "M": 1048576}


@dataclass(slots=True)
class Listed:
    """A letter of the list. ``age`` in seconds, as roughly as Exim says it; ``size`` in octets."""

    id: str
    age: float
    size: int
    sender: str
    frozen: bool
    waiting: list[str] = field(default_factory=list)
    served: list[str] = field(default_factory=list)


def read_listing(text: str) -> list[Listed]:
    """The letters in the order of the list."""
    found: list[Listed] = []
    for line in text.splitlines():
        if head := _HEAD.match(line):
            size = round(float(head["size"]) * _SCALES[head["scale"]])
            age = float(head["age"]) * _UNITS[head["unit"]]
            found.append(Listed(head["id"], age, size, head["sender"], bool(head["frozen"])))
        elif found and line.strip():
            mark, _, address = line.strip().rpartition(" ")
            (found[-1].served if mark.strip() == "D" else found[-1].waiting).append(address)
    return found
