"""What a change of answers comes to: lists, options, routers and transports that Exim will see.

A configuration is read as Exim reads it, with its macros and ``.ifdef``, and put down as facts:

    list domain local_domains      @:localhost:example.com
    router dnslookup               dnslookup
    router dnslookup: transport    remote_smtp

Two such tables are laid beside each other. A router that has gone takes its options along without
a word.

Try: ``effects(source, answers, answers.but(dc_eximconfig_configtype="smarthost"))``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from labmail.exim.config import Configuration, read
from labmail.exim.debian.answers import Answers
from labmail.exim.debian.generate import OUTPUT, Source, generate
from labmail.exim.debian.memory import Laid
from labmail.exim.options import VOCABULARY

_SECTIONS = ("routers", "transports", "authenticators")


class Effect(NamedTuple):
    """A fact that has come (``before`` is None), has gone (``after`` is None) or has changed."""

    what: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.what} comes: {self.after}"
        if self.after is None:
            return f"{self.what} goes"
        return f"{self.what}: {self.before or 'nothing'} becomes {self.after or 'nothing'}"


def effects(source: Source, before: Answers, after: Answers) -> list[Effect]:
    """What changes between two sets of answers. ConfigError if one can't be read."""
    return compared(*(configuration(source, answers) for answers in (before, after)))


def compared(before: Configuration, after: Configuration) -> list[Effect]:
    """What is different in one of two configurations."""
    return list(_compared(facts(before), facts(after)))


def configuration(source: Source, answers: Answers) -> Configuration:
    """The configuration that these answers make, as Exim reads it."""
    laid = {OUTPUT: generate(source, answers).text.encode("latin-1")}
    return read(OUTPUT, files=Laid(laid, source.files), vocabulary=VOCABULARY)


def facts(read_: Configuration) -> dict[str, str]:
    """A configuration as facts, in its own order."""
    found = {f"option {name}": str(value) for name, value in read_.main.values.items()}
    for kind, lists in read_.named.items():
        found |= {f"list {kind} {name}": named.text for name, named in lists.items()}
    for section in _SECTIONS:
        for block in read_.drivers(section):
            title = f"{section[:-1]} {block.name}"
            found[title] = block.driver
            found |= {
                f"{title}: {name}": str(value)
                for name, value in block.values.items()
                if name != "driver"
            }
    return found


def _compared(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Effect]:
    """Facts of either that are not facts of both."""
    for what in [*old, *(what for what in new if what not in old)]:
        before, after = old.get(what), new.get(what)
        owner = what.partition(": ")[0]
        whole = owner == what or (owner in old) == (owner in new)
        if before != after and whole:
            yield Effect(what, before, after)
