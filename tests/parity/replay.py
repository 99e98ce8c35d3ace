"""Asking labmail as Exim is asked, and comparing what both say.

Time, version and the folder of a test are different on each run; `normal` writes them as ``{TS}``,
``{DATE}``, ``Exim {VER}`` and ``{DIR}`` on both sides.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_VOLATILE = (
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?", "{TS}"),
    (
        rf"\b{_DAY}, [ \d]\d {_MONTH} \d{{4}} \d\d:\d\d:\d\d (?:[+-]\d{{4}}|GMT|UTC)"
        r"(?: \([A-Z]+\))?",
        "{DATE}",
    ),
    (r"\bExim (?:version )?4\.\d+[\w.+~-]*(?: #\d+ built [^\n]*)?", "Exim {VER}"),
)
VOLATILE = tuple((re.compile(pattern), word) for pattern, word in _VOLATILE)


CRASHED = -1
"""The exit code of a run that ended in a Python exception."""


def normal(text: str, folder: str) -> str:
    """The text without what differs from run to run."""
    text = text.replace("\r\n", "\n").replace(folder, "{DIR}")
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return text


class Answer(NamedTuple):
    """What a call gave: standard output and error (octets as latin-1), exit code."""

    stdout: str
    stderr: str
    code: int

    def normal(self, folder: str) -> Answer:
        return Answer(normal(self.stdout, folder), normal(self.stderr, folder), self.code)


def ask_ours(
    arguments: Sequence[str],
    stdin: bytes | None = b"",
    environment: Mapping[str, str] | None = None,
    *,
    survive: bool = False,
) -> Answer:
    """Runs ``labmail exim`` in this process; arguments are octets as latin-1.

    With ``survive``, a mistake of ours is an answer like any other: what was said, and the error.
    """
    from labmail.commands.exim import Caller, run
    from labmail.commands.exim.caller import run_program
    from labmail.commands.exim.names import real_names

    out, err = io.BytesIO(), io.BytesIO()
    known = dict(environment or {})
    names = (lambda: real_names(known)) if "LABMAIL_DNS_ZONES" in known else None
    caller = Caller(io.BytesIO(stdin or b""), out, err, known, names=names, run=run_program)
    try:
        code = run(arguments, caller)
    except Exception as error:
        if not survive:
            raise
        code = CRASHED
        err.write(f"\n{type(error).__name__}: {error}".encode("latin-1", "replace"))
    return Answer(out.getvalue().decode("latin-1"), err.getvalue().decode("latin-1"), code)
