"""A line of Exim's main log, read back: what happened, to which letter, with which particulars.

    2026-03-02 09:00:00 1vwz8C-000001-00 => bob <sales@ask.com> R=local_user T=maildir_home
    └── when ─────────┘ └─ letter ─────┘ │  │    │             └── fields: a letter, =, a value
                                       flag address   └ what the envelope said

    <=   came in        ==   put off          ->   delivered with the one above
    =>   delivered      **   given up         **, == end in words: why

A value goes on to the next field or, in quotes, to the closing quote. What has no flag is words.

Law: Exim specification, §53.7 to §53.15.

Try::

    >>> line = read_line("2026-03-02 09:00:00 1vwz8C-000001-00 => bob <b@ask.com> R=local_user")
    >>> line.flag, line.address, line.original, line.fields
    ('=>', 'bob', 'b@ask.com', {'R': 'local_user'})
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?(?: \[\d+\])? "
    r"(?:(?P<id>[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}) )?(?P<text>.*)",
    re.DOTALL,
)
DELIVERED = ("=>", "->", ">>")
"""Flags of addresses that have been served."""
_FLAGS = ("<=", *DELIVERED, "*>", "==", "**")
_ADDRESS = re.compile(
    r"(?P<said>:blackhole:|.*?)(?= [A-Za-z]{1,3}=| <[^ ]*>| defer \(| routing defer|: |$)"
)
_BARE = r" (?:K|L[-*]?|PRDR|TFO\*?|DS|SMTPUTF8)(?= |$)"
"""Words without a value: CHUNKING was used, pipelining, PRDR and so on."""
_FIELD = re.compile(
    rf"(?:{_BARE})* (?P<name>H|P|X|CV|DN|SNI|A|S|R|T|U|C|K|L|M8S|id|F|ST|DT|QT|RT|PRX|I)="
    r'(?P<value>"(?:[^"\\]|\\.)*"|.*?)'
    rf"(?=: | [A-Za-z][A-Za-z0-9]{{0,3}}=|{_BARE}| defer \(|$)",
    re.DOTALL,
)
_HOST = re.compile(r"(?P<name>[^\s([]*)\s*(?:\((?P<helo>[^)]*)\))?\s*\[(?P<address>[^]]+)\]")
_DEFER = re.compile(
    r" (?:routing )?defer \((?P<number>-?\d+)(?: -?\d+)?\)(?:: (?P<why>.*))?$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line. ``id`` and ``flag`` are "" where there are none; ``text`` is all behind the id."""

    id: str
    flag: str
    text: str
    address: str = ""
    original: str = ""
    """The address in angle brackets: whom the envelope named."""
    fields: dict[str, str] = field(default_factory=dict)
    why: str = ""
    """What went wrong, in Exim's words, or in the other host's."""

    @property
    def host(self) -> tuple[str, str]:
        """Name (the one it calls itself where no other is known) and address of the other host."""
        found = _HOST.search(self.fields.get("H", ""))
        return (found["name"] or found["helo"] or "", found["address"]) if found else ("", "")


def read_line(line: str) -> LogLine | None:
    """Reads one line, without its end. None for what is no line of a log by itself."""
    found = _LINE.match(line)
    if found is None:
        return None
    id, text = found["id"] or "", found["text"]
    flag = text[:2] if text[:2] in _FLAGS and text[2:3] == " " else ""
    if not flag:
        return _in_words(id, text)
    said = _ADDRESS.match(text, 3)
    assert said is not None
    rest = text[said.end() :]
    original = ""
    if rest.startswith(" <") and flag != "<=":
        original, _, rest = rest[2:].partition(">")
    for_whom = ""
    if flag == "<=":
        rest, _, for_whom = rest.partition(" for ")
    fields, why = _fields(rest)
    if for_whom:
        fields["for"] = for_whom
    if flag == "==" and (deferred := _DEFER.search(rest)):
        why = deferred["why"] or f"deferred ({deferred['number']})"
    return LogLine(id, flag, text, said["said"], original, fields, why)


def _in_words(id: str, text: str) -> LogLine:
    """``H=mail.ask.com [128.10.30.2] Connection refused``, or any other words."""
    found = _HOST.match(text, 2) if text.startswith("H=") else None
    if found is None:
        return LogLine(id, "", text)
    why = text[found.end() :].lstrip(": ")
    return LogLine(id, "", text, fields={"H": found[0]}, why=why)


def _fields(rest: str) -> tuple[dict[str, str], str]:
    """The fields, and the words behind them."""
    fields: dict[str, str] = {}
    at = 0
    while found := _FIELD.match(rest, at):
        value = found["value"]
        if value[:1] == '"':
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        fields.setdefault(found["name"], value)
        at = found.end()
    return fields, rest[at:].removeprefix(":").strip()
