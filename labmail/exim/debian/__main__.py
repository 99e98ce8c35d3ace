"""The chapter at work: ``python -m labmail.exim.debian [NAME=VALUE …]``.

A host on the internet changes its answers: which lines of its configuration change, and what that
comes to. Without words it becomes a host that sends all through mail.ask.com.
"""

from __future__ import annotations

import sys

from labmail.exim.debian import Source, compare
from labmail.exim.debian.answers import Answers
from labmail.exim.debian.effects import effects
from labmail.exim.debian.memory import Laid
from labmail.exim.debian.owntree import host

BEFORE = Answers({"dc_eximconfig_configtype": "internet", "dc_other_hostnames": "example.com"})
PEOPLE = {
    "/etc/passwd": b"uucp:*:10:10::/:\nmail:*:8:8::/:\n",
    "/etc/group": b"mail:*:8:\n",
}
"""Whom the configuration names."""

EXAMPLE = ["dc_eximconfig_configtype=smarthost", "dc_smarthost=mail.ask.com"]


def main(words: list[str]) -> None:
    """Shows the difference."""
    after = BEFORE.but(**dict(word.split("=", 1) for word in words or EXAMPLE))
    source = Source(Laid(host(BEFORE, "example.com", "mail.example.com") | PEOPLE))
    for change in compare(source, BEFORE, after):
        print(change)
    for effect in effects(source, BEFORE, after):
        print(effect)


if __name__ == "__main__":
    main(sys.argv[1:])
