"""From lines of a file to lines of a configuration.

    file            physical lines; macros are spliced in, comments and conditional parts go,
                    .include puts another file in place of its line
    configuration   logical lines: what ended in a backslash goes on in the next line, whose
                    leading blanks do not count

Whatever is wrong is at the physical line that was read last: ``file`` and ``line`` say which.

Law: Exim specification, §6.2 to §6.8.

Try: ``Source(RealFiles(), "/etc/exim4/exim4.conf.template", Macros()).next()``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from labmail.exim.config.conditions import USED, Conditions
from labmail.exim.config.macros import LONGEST, Macros
from labmail.exim.config.names import BLANKS
from labmail.exim.errors import ConfigError
from labmail.exim.files import Files

BLANK_OCTETS = BLANKS.encode()
BACKSLASH = ord("\\")
DEEPEST = 1000
MOST_FILES = 10_000
MOST_TEXT = 1 << 26
SECTION_LENGTH = 22


class Opened(NamedTuple):
    """A file in which another was included: where to go on."""

    name: str
    line: int
    lines: Iterator[str]


class Source:
    """The logical lines of a configuration, one after the other.

    ``text`` are the octets of its first file, ``name`` is what that is called in messages,
    ``folder`` is where `.include` looks for a file without a path.
    """

    def __init__(self, files: Files, name: str, text: bytes, folder: str, macros: Macros) -> None:
        self.files = files
        self.macros = macros
        self.file = name
        self.line = 0
        self.section: str | None = None
        """The section that begins, where `next` has said None and the file goes on."""
        self.kept: list[str] = []
        """Every logical line, and where it came from, as `-bP config` shows them."""
        self._folder = folder
        self._lines = _physical(text)
        self._around: list[Opened] = []
        self._passed_over = ""
        """A comment behind the very last backslash of a file is no comment for Exim."""
        self._files_read = 0
        self._text_read = 0
        self._conditions = Conditions()

    @property
    def place(self) -> tuple[str, int]:
        """File and line that were read last."""
        return self.file, self.line

    def next(self) -> str | None:
        """The next logical line without blanks at its ends; None where a section ends."""
        line = self._logical()
        self.section = None
        if line is None:
            return None
        self.kept.append(line)
        if line[:6].lower() == "begin ":
            self.section = line[6:].lstrip(BLANKS)[:SECTION_LENGTH]
            return None
        return line

    def _logical(self) -> str | None:
        """Physical lines put together; None at the end of the file."""
        whole = bytearray()
        while (text := self._significant(within=bool(whole))) is not None:
            if not whole and not text.endswith("\\"):
                if text:
                    return text.lstrip(BLANKS)
                continue
            whole += text.encode("latin-1")
            while whole and whole[-1] in BLANK_OCTETS:
                del whole[-1]
            if len(whole) > LONGEST:
                raise _too_long()
            if whole and whole[-1] != BACKSLASH:
                break
            del whole[-1:]
        if text is None and whole:
            whole += self._passed_over.encode("latin-1")
        return whole.decode("latin-1").lstrip(BLANKS) if whole else None

    def _significant(self, within: bool) -> str | None:
        """The next physical line that counts, macros spliced in.

        Blanks at its end are gone, those at its start if it goes on from another.
        """
        while (line := self._next()) is not None:
            text, spliced = self.macros.splice(line, within=within)
            self._count(len(text))
            start = text.lstrip(BLANKS)
            if start.startswith("#") or (start.startswith(".") and self._directive(start, spliced)):
                pass
            elif self._conditions.state == USED:
                self._passed_over = ""
                return (start if within else text).rstrip(BLANKS)
            self._passed_over = text
        return None

    def _next(self) -> str | None:
        """The next physical line of any file; None at the end of the first."""
        while (line := next(self._lines, None)) is None:
            if not self._around:
                if self._conditions.opened:
                    file, number = self._conditions.opened[-1]
                    raise ConfigError(
                        "Unexpected end of configuration file: .endif missing",
                        help=f"It belongs to the condition in line {number} of {file}.",
                    )
                return None
            self.file, self.line, self._lines = self._around.pop()
            self._place()
        self.line += 1
        if self.line == 1:
            self._place()
        if len(line) > LONGEST:
            raise _too_long()
        return line.partition("\0")[0]

    def _directive(self, text: str, spliced: bool) -> bool:
        """Whether a line with a dot was one of ours, and is done with."""
        if self._conditions.take(text, spliced, self.place):
            return True
        if self._conditions.state != USED:
            return True
        for word in (".include", ".include_if_exists"):
            if text.startswith(word) and text[len(word) :][:1] in tuple(BLANKS):
                self._include(text[len(word) :].strip(BLANKS), optional=word != ".include")
                return True
        return False

    def _include(self, path: str, optional: bool) -> None:
        if len(path) > 1 and path.startswith('"') and path.endswith('"'):
            path = path[1:-1]
        if not path.startswith("/"):
            if optional:
                raise ConfigError(f'.include specifies a non-absolute path "{path}"')
            path = f"{self._folder}/{path}"
        if optional and not self._exists(path):
            return
        self._place()
        text = self._read(path)
        self._around.append(Opened(self.file, self.line, self._lines))
        self.file, self.line, self._lines = path, 0, _physical(text)

    def _exists(self, path: str) -> bool:
        try:
            self.files.stat(path)
        except OSError:
            return False
        return True

    def _read(self, path: str) -> bytes:
        """What stands in an included file. A folder can be opened, and nothing stands in it."""
        failed = f"failed to open included configuration file {path}"
        self._files_read += 1
        if len(self._around) >= DEEPEST or self._files_read > MOST_FILES:
            raise ConfigError(failed, help="Too many files are included: does one include itself?")
        try:
            return self.files.read_bytes(path)
        except IsADirectoryError:
            return b""
        except OSError as error:
            raise ConfigError(failed, help=os.strerror(error.errno or 0)) from None

    def _count(self, characters: int) -> None:
        """Macros and included files can make a long configuration of a short one."""
        self._text_read += characters
        if self._text_read > MOST_TEXT:
            raise ConfigError(f"this configuration is longer than {MOST_TEXT} characters")

    def _place(self) -> None:
        self.kept.append(f'# {self.line} "{self.file}"')


def _physical(text: bytes) -> Iterator[str]:
    """The lines of a file, with their line ends; the last may have none."""
    lines = text.decode("latin-1").split("\n")
    last = lines.pop()
    for line in lines:
        yield f"{line}\n"
    if last:
        yield last


def _too_long() -> ConfigError:
    return ConfigError(f"this line is longer than {LONGEST} characters")
