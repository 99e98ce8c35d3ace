"""What if one of the administrator's answers were another?

    what_if(host, dc_eximconfig_configtype="smarthost", dc_smarthost="mail.ask.com",
            ask=["bob@ask.com"])

    lines        which lines of the generated configuration change
    effects      which options, lists, routers and transports come, go, or change
    decisions    which of the addresses go another way, and by which router the ways part

Nothing is written: two configurations are made in memory, read as Exim reads them, and asked.

Law: update-exim4.conf(8); Exim specification, §3.10.

Try: ``labmail.what_if(dc_relay_domains="ask.com", ask=["bob@ask.com"])``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labmail.exim.debian.answers import DEFAULTS, Answers, read_answers
from labmail.exim.debian.compare import Change, changes
from labmail.exim.debian.effects import Effect, compared
from labmail.exim.debian.generate import Source, generate, own_answers
from labmail.exim.debian.hostname import full_name
from labmail.exim.debian.memory import Laid
from labmail.exim.debian.owntree import host as host_files
from labmail.exim.files import RealFiles
from labmail.exim.routing.why import Decision, decision

from .expanding import HostTree
from .strings import octets, words
from .walking import Place, Walks, walk

if TYPE_CHECKING:
    from ..host import LabHost

NAME, MAILNAME = "mail.example.com", "example.com"
"""The host that is asked where there is none."""

INTERNET = {"dc_eximconfig_configtype": "internet", "dc_other_hostnames": MAILNAME}
"""What it has answered, where nobody says."""

PEOPLE = {
    "/etc/passwd": b"root:*:0:0::/root:/bin/sh\nmail:*:8:8::/var/mail:\nuucp:*:10:10::/:\n"
    b"alice:*:1000:1000::/home/alice:/bin/sh\nbob:*:1001:1001::/home/bob:/bin/sh\n",
    "/etc/aliases": b"postmaster: root\nroot: alice\n",
    "/etc/group": b"root:*:0:\nmail:*:8:\nalice:*:1000:\nbob:*:1001:\n",
}
"""Who has an account there, and what other names they have."""


class WhatIf:
    """What changes. ``print`` it, show it in a notebook, or go through its parts."""

    def __init__(
        self, before: Answers, after: Answers, lines: list[Change], old: Walks, new: Walks
    ) -> None:
        names = {**before.given, **after.given}
        self.answers = {
            name: (before[name], after[name]) for name in names if before[name] != after[name]
        }
        """The answers that are others: what they were, and what they would be."""
        self.lines = lines
        self.effects: list[Effect] = compared(old.configuration, new.configuration)
        self.decisions: list[Decision] = [
            _worded(decision(one, other, old=_routers(old), new=_routers(new)))
            for one, other in zip(old.explanations, new.explanations, strict=True)
        ]

    def data(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {
            "answers": {name: list(pair) for name, pair in self.answers.items()},
            "lines": [change._asdict() for change in self.lines],
            "effects": [effect._asdict() for effect in self.effects],
            "decisions": [told.data() for told in self.decisions],
        }

    def __str__(self) -> str:
        from .show_whatif import text

        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from .show_whatif import html

        return html(self)


def _routers(walks: Walks) -> list[str]:
    return [block.name for block in walks.configuration.routers]


def what_if(
    host: LabHost | None = None,
    *,
    ask: Sequence[str] = (),
    before: str | Mapping[str, str] | None = None,
    folder: str | Path | None = None,
    **answers: str,
) -> WhatIf:
    """What would change if these answers of Debian's (``dc_smarthost="…"``) were given instead.

    The other answers are those of ``host``, a host of a lab; or of ``folder`` on this computer,
    such as /etc/exim4; or, without either, of an internet site example.com that has the lab's own
    tree of files, and where no name server answers. ``before`` says otherwise: a mapping, or the
    text of an update-exim4.conf.conf. ``ask`` are addresses to be routed both ways.

    Raises ValueError for an answer that nobody knows; CannotGenerate, AnswersError, ConfigError
    where one of the configurations cannot be made or read; BadAddress.
    """
    unknown = [name for name in answers if name not in DEFAULTS]
    if unknown:
        raise ValueError(f"there is no answer {unknown[0]}; there are {', '.join(DEFAULTS)}")
    if host is not None:
        source = Source(HostTree(host.files), fqdn=host.name)
        return what_changes(source, _answers(source, before), answers, ask, host=host)
    if folder is not None:
        name = full_name(RealFiles())
        source = Source(RealFiles(), str(folder), fqdn=name)
        place = Place(RealFiles(), name or NAME)
        return what_changes(source, _answers(source, before), answers, ask, place=place)
    given = _given(INTERNET if before is None else before)
    files = Laid(host_files(given, MAILNAME, NAME) | PEOPLE)
    return what_changes(Source(files, fqdn=NAME), given, answers, ask, place=Place(files, NAME))


def _answers(source: Source, before: str | Mapping[str, str] | None) -> Answers:
    return own_answers(source) if before is None else _given(before)


def _given(before: str | Mapping[str, str]) -> Answers:
    """Answers that are handed in. Raises AnswersError."""
    if isinstance(before, Answers):
        return before
    return read_answers(before) if isinstance(before, str) else Answers(before)


def what_changes(
    source: Source,
    before: Answers,
    answers: Mapping[str, str],
    ask: Sequence[str] = (),
    *,
    host: LabHost | None = None,
    place: Place | None = None,
) -> WhatIf:
    """The same, for whoever has a source of her own."""
    after = before.but(**{name: octets(value) for name, value in answers.items()})
    made = [generate(source, given) for given in (before, after)]
    old, new = (walk(ask, _letters(one.text), host, place=place) for one in made)
    return WhatIf(before, after, list(changes(*(one.text.split("\n") for one in made))), old, new)


def _letters(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "backslashreplace")


def _worded(told: Decision) -> Decision:
    """What the engine has are octets; a reader sees letters."""
    before, after = (tuple(map(words, lines)) for lines in (told.before, told.after))
    return Decision(words(told.address), before, after, words(told.why))
