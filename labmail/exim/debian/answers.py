r"""The administrator's answers: ``/etc/exim4/update-exim4.conf.conf``.

    # what the installer asked
    dc_eximconfig_configtype='internet'
    dc_other_hostnames='example.com;example.org'

Debian reads the file as a shell script, so it is quoted as there: nothing has a meaning inside
single quotes, ``$name`` of an answer further up has one inside double quotes and outside. Whatever
else a shell could do with the file is refused: it holds answers and no program.

Law: update-exim4.conf(8), "Configuration variables"; POSIX shell, §2.2 (quoting).

Try: ``read_answers("dc_smarthost='mail.ask.com::587'")["dc_smarthost"]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

DEFAULTS = {
    "dc_eximconfig_configtype": "",
    "dc_other_hostnames": "",
    "dc_local_interfaces": "",
    "dc_readhost": "",
    "dc_relay_domains": "",
    "dc_minimaldns": "",
    "dc_relay_nets": "",
    "dc_smarthost": "",
    "CFILEMODE": "644",
    "dc_use_split_config": "false",
    "dc_hide_mailname": "",
    "dc_mailname_in_oh": "",
    "dc_localdelivery": "mail_spool",
    "ue4c_keepcomments": "no",
}
"""What may be answered, and what an empty or a missing answer means."""

_ASKED = ("dc_", "CFILEMODE")
"""What the installer asks; the other names are for whoever knows of them."""

TYPES = ("internet", "smarthost", "satellite", "local", "none")

_BLANK = re.compile(r"(?:[ \t\n;]|#[^\n]*)+")
_NAME = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=")
_PIECE = re.compile(
    r"""'(?P<single>[^']*)' | "(?P<double>(?:[^"\\`]|\\.)*)" | \\(?P<escaped>.)
      | (?P<plain>[^ \t\n;#'"\\`&|<>()]+)""",
    re.DOTALL | re.VERBOSE,
)
_SPECIAL = re.compile(r"\\([$`\"\\\n])|\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))", re.ASCII)


class AnswersError(ValueError):
    """The file holds something that is no answer. The message says where and what to write."""


class Answers(Mapping[str, str]):
    """The answers by name; what was not answered has its default, names that nobody knows too.

    ``extra`` are lines of the file that begin with a capital letter: Debian makes macros of them.
    """

    def __init__(self, given: Mapping[str, str], extra: tuple[str, ...] = ()) -> None:
        self.given = dict(given)
        self.extra = extra

    def __getitem__(self, name: str) -> str:
        return self.given.get(name) or DEFAULTS.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter({**DEFAULTS, **self.given})

    def __len__(self) -> int:
        return len({**DEFAULTS, **self.given})

    def but(self, **changed: str) -> Answers:
        """The same answers, some of them changed."""
        return Answers({**self.given, **changed}, self.extra)


def read_answers(text: str, *, path: str = "update-exim4.conf.conf") -> Answers:
    """The answers in the text of a file. AnswersError names file and line."""
    given: dict[str, str] = {}
    at = 0
    while True:
        blank = _BLANK.match(text, at)
        at = blank.end() if blank else at
        if at == len(text):
            break
        name = _NAME.match(text, at)
        if name is None:
            raise _wrong(text, at, path, "an answer such as dc_smarthost='mail.example.com'")
        given[name[1]], at = _value(text, name.end(), path, given)
    extra = [line for line in text.split("\n") if re.match(r"[A-Z](?!FILEMODE=)", line)]
    return Answers(given, tuple(extra))


def _value(text: str, at: int, path: str, known: Mapping[str, str]) -> tuple[str, int]:
    """The word behind an equals sign, and where it ends."""
    parts = []
    while at < len(text) and text[at] not in " \t\n;":
        piece = _PIECE.match(text, at)
        if piece is None or "$(" in (piece["double"] or piece["plain"] or ""):
            raise _wrong(text, at, path, "a value in single quotes")
        parts.append(_meaning(piece, known))
        at = piece.end()
    return "".join(parts), at


def _meaning(piece: re.Match[str], known: Mapping[str, str]) -> str:
    """What a piece of a word stands for."""
    if piece["single"] is not None:
        return piece["single"]
    if piece["escaped"] is not None:
        return "" if piece["escaped"] == "\n" else piece["escaped"]
    text: str = piece["plain"] if piece["double"] is None else piece["double"]

    def stands_for(found: re.Match[str]) -> str:
        if found[1]:
            return found[1].strip("\n")
        return known.get(found[2] or found[3], "")

    return _SPECIAL.sub(stands_for, text)


def _wrong(text: str, at: int, path: str, wanted: str) -> AnswersError:
    number = text.count("\n", 0, at) + 1
    found = text[at:].split("\n", 1)[0]
    return AnswersError(f"{path}, line {number}: found {found!r}, expected {wanted}")


def write_answers(answers: Answers) -> str:
    """The answers as the file has them, in the installer's order: the empty ones too, so that
    whoever opens it sees what there is to answer."""
    asked = [name for name in answers if name in answers.given or name.startswith(_ASKED)]
    return "".join(f"{name}={_quoted(answers[name])}\n" for name in asked)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
