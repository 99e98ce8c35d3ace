"""What a system filter changes in a letter's header, and settings that hold for one run.

Law: Exim specification, §45.5 (additional commands of the system filter).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labmail.exim.expansion.message import Header, Message


class Overlaid(Mapping[str, Any]):
    """Settings, some of which say something else for a while."""

    def __init__(self, below: Mapping[str, Any], own: Mapping[str, Any]) -> None:
        self._below, self._own = below, own

    def __getitem__(self, name: str) -> Any:
        return self._own[name] if name in self._own else self._below[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._below)

    def __len__(self) -> int:
        return len(self._below)


def changed(message: Message, what: str, text: str) -> None:
    """Adds header lines, or takes those away whose names stand between colons.

    >>> letter = Message([Header("Subject: a\\n"), Header("X: b\\n")])
    >>> changed(letter, "remove", "x:y")
    >>> changed(letter, "add", "Z: c")
    >>> letter.headers
    [Header('Subject: a\\n'), Header('Z: c\\n')]
    """
    if what == "add":
        message.headers.append(Header(text if text.endswith("\n") else f"{text}\n"))
        return
    names = {name.strip(" \t\n").lower() for name in text.split(":")}
    message.headers = [h for h in message.headers if h.name.rstrip(" \t").lower() not in names]
