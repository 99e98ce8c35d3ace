"""``exigrep``: all that a log says of those letters of which one line fits.

    exigrep bob@ask.com             every letter that has to do with Bob, whole
    exigrep 1vwz8C-000001-7Q        one letter, by its id
    exigrep -v bob                  all the others

A line of the log tells one thing about one letter: that it came in is here, what became of it a
page further on. This puts together what belongs together. A letter is printed when it has ended,
and those that have not are listed at the end. A line about no letter is printed where it fits
itself.

Law: Exim specification, §53.2 (exigrep).
"""

from __future__ import annotations

import getopt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from labmail.mta.spool.ids import PATTERN

from ..said import Said

if TYPE_CHECKING:
    from labmail.mta import Mta

LOG = "/var/log/exim4/mainlog"
HELP = """\
exigrep [-I] [-l] [-v] PATTERN [LOG…]: all that the log says of those letters of which a line fits.

        -I  capitals count    -l  PATTERN is taken as it is    -v  those that do not fit (and -I)
"""
_LINE = re.compile(rf"\d{{4}}(?:-\d\d){{2}} \S+ (?:[-+]\d{{4}} )?(?P<id>{PATTERN.pattern}) ")


async def exigrep(mta: Mta, words: Sequence[str]) -> Said:
    """What the program says for these words."""
    try:
        pairs, rest = getopt.getopt(list(words), "Ilvh")
    except getopt.GetoptError as wrong:
        return Said(1, out=HELP, err=f"Unknown option: {wrong.opt}\n")
    options = {name for name, _ in pairs}
    if "-h" in options or not rest:
        return Said(0 if "-h" in options else 1, out=HELP)
    pattern, *paths = rest
    try:
        wanted = re.compile(re.escape(pattern) if "-l" in options else pattern, _flags(options))
        lines = [each for path in paths or [LOG] for each in _lines(mta, path)]
    except re.error as wrong:
        return Said(255, err=f"exigrep: {pattern}: {wrong}\n")
    except OSError as wrong:
        return Said(1, err=f"exigrep: {wrong.filename or ''}: {wrong.strerror}\n")
    return Said(out="".join(found(lines, wanted, others="-v" in options)))


def _flags(options: set[str]) -> int:
    return 0 if options & {"-I", "-v"} else re.IGNORECASE


def _lines(mta: Mta, path: str) -> list[str]:
    try:
        return mta.office.files.read_text(path).splitlines()
    except OSError as wrong:
        raise OSError(wrong.errno, wrong.strerror, path) from None


def found(lines: Iterable[str], wanted: re.Pattern[str], *, others: bool = False) -> Iterator[str]:
    """The blocks that are printed, each with an empty line behind it."""
    letters: dict[str, list[str]] = {}
    fits: set[str] = set()
    for line in lines:
        this = bool(wanted.search(line))
        match = _LINE.match(line)
        if match is None:
            if this is not others:
                yield f"{line}\n\n"
            continue
        name = match["id"]
        letters.setdefault(name, []).append(line)
        if this:
            fits.add(name)
        if line.endswith(f" {name} Completed"):
            block = letters.pop(name)
            if (name in fits) is not others:
                yield _block(block)
    for name, block in letters.items():
        if (name in fits) is not others:
            yield f"+++ {name} has not completed +++\n{_block(block)}"


def _block(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines) + "\n"
