"""The log files of a host, and the log that each letter has while it waits.

A file is opened for each line and closed again, so whoever renames it (logrotate does, every night)
finds the next line in a new one. A log that cannot be written never stops mail: the line goes to
the panic log, with the reason; and if that cannot be written either, `Logs.lost` keeps the last.

Law: Exim specification, chapter 53.

Try: ``mta.office.logs.main("hello")``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from labmail.exim.errors import EximError
from labmail.world import Clock, HostFiles

from ..spool.ids import ids_since
from . import syslog
from .places import DEFAULT, Places, file_name
from .selecting import ORDINARY, Selection

if TYPE_CHECKING:
    from ..letter import Letter
    from ..orders import Orders
    from .syslog import Send

FOLDER = "/var/log/exim4"
MSGLOG, OLD = "/var/spool/exim4/msglog", "/var/spool/exim4/msglog.OLD"
MOST_LINES = 1000
"""Lines about one letter that are kept in memory at most."""


class Logs:
    """The logs of a host. ``send`` takes what goes to syslog; without it, that is a file."""

    def __init__(self, files: HostFiles, clock: Clock, send: Send | None = None) -> None:
        self.files, self.clock = files, clock
        self.selection, self.places, self.manners = ORDINARY, Places(), syslog.Manners()
        self.rejects = True
        self.of_letters, self.preserved = True, False
        self.host = "localhost"
        self.lost: list[str] = []
        """The last lines that could not be written, and why not."""
        self._send = send
        self._notes: dict[str, list[str]] = {}

    def obey(self, orders: Orders) -> None:
        """From here on a configuration says what is logged, and where."""
        self.selection, self.manners = Selection.of(orders), syslog.Manners.of(orders)
        self.rejects = bool(orders.main("write_rejectlog"))
        self.of_letters = bool(orders.main("message_logs"))
        self.preserved = bool(orders.main("preserve_message_logs"))
        self.host = orders.hostname
        try:
            listed = orders.text_now("log_file_path")
            self.places = Places.read(listed, orders.text_now("spool_directory"))
        except EximError as problem:
            self.places = Places(DEFAULT, problem=f"log_file_path: {problem.message}")
        if self.places.problem:
            self.panic(self.places.problem)

    # ── lines ────────────────────────────────────────────────────────────────────────────────────

    def main(self, text: str, message_id: str = "", *, when: str = "") -> str:
        """Adds a line to mainlog and gives it; ``when`` is the selector that it depends on."""
        return self._write(("main",), text, message_id) if when in self.selection else ""

    def reject(self, text: str, message_id: str = "", *, letter: Letter | None = None) -> None:
        """Adds a line about a refusal to mainlog and rejectlog; there with the letter's header."""
        self._write(("main", "reject") if self.rejects else ("main",), text, message_id, letter)

    def panic(self, text: str, message_id: str = "") -> None:
        """Adds a line about what must not happen to mainlog and paniclog."""
        self._write(("main", "panic"), text, message_id)

    def noted(self, text: str, where: str, message_id: str = "") -> None:
        """A line for the logs that ``where`` names: ``MAIN``, ``MAIN PANIC``; none for ""."""
        if "PANIC" in where:
            self.panic(text, message_id)
        elif "REJECT" in where:
            self.reject(text, message_id)
        elif where:
            self.main(text, message_id)

    def ids_since(self, when: float, base: int = 62) -> frozenset[str]:
        """The ids in mainlog that were given at ``when`` (POSIX seconds) or later. Blocks."""
        try:
            return ids_since(self.files.read_text(self.file("main")), when, base)
        except OSError:
            return frozenset()

    def file(self, log: str) -> str:
        """The file of ``main``, ``reject`` or ``panic`` at this moment."""
        return file_name(self.places.path or DEFAULT, log, self.clock.time())

    def _write(
        self, logs: tuple[str, ...], text: str, message_id: str, letter: Letter | None = None
    ) -> str:
        now = self.clock.time()
        body = f"{message_id} {text}" if message_id else text
        line = one_line(f"{self.selection.stamp(now)} {body}")
        for log in logs:
            more = header_of(letter) if log == "reject" and letter is not None else ""
            if "rejected_header" not in self.selection:
                more = ""
            if self.places.path:
                self._append(log, line, more)
            if self.places.syslog and (log == logs[0] or self.manners.twice):
                shown = line if self.manners.stamped else one_line(body)
                self._to_syslog(log, shown + (f"\n{more}" if more else ""), now)
        return line

    def _append(self, log: str, line: str, more: str) -> None:
        path = file_name(self.places.path, log, self.clock.time())
        try:
            self.files.append(path, f"{line}\n{more}")
        except OSError as error:
            why = f"{path.rpartition('/')[2]}: {error.strerror}: {line}"
            self.lost = [*self.lost[-9:], why]
            if log != "panic":
                with suppress(OSError):
                    panic = file_name(self.places.path, "panic", self.clock.time())
                    stamp = self.selection.stamp(self.clock.time())
                    self.files.append(panic, f"{stamp} cannot write {why}\n")

    def _to_syslog(self, log: str, entry: str, now: float) -> None:
        for piece in syslog.pieces(entry):
            if self._send is not None:
                self._send(syslog.PRIORITIES[log], piece)
                continue
            text = syslog.line(now, self.host, self.manners, self.selection.pid, piece)
            with suppress(OSError):
                self.files.append(syslog.FILE, text)

    # ── the log of a letter ──────────────────────────────────────────────────────────────────────

    def note(self, message_id: str, text: str, *, stamped: bool = True) -> None:
        """Adds a line to a letter's own log. It is written when the letter is kept."""
        if not self.of_letters:
            return
        stamp = f"{self.selection.stamp(self.clock.time(), alone=True)} " if stamped else ""
        notes = self._notes.setdefault(message_id, [])
        if len(notes) < MOST_LINES:
            notes.append(one_line(stamp + text))

    def keep(self, message_id: str) -> None:
        """The letter waits: what was noted about it goes to its file. Blocks."""
        notes = self._notes.pop(message_id, None)
        if notes:
            with suppress(OSError):
                self.files.append(f"{MSGLOG}/{message_id}", "".join(f"{each}\n" for each in notes))

    def forget(self, message_id: str) -> None:
        """The letter is gone, and its log with it."""
        self._notes.pop(message_id, None)

    def preserve(self, message_id: str) -> None:
        """The letter is gone, and its log is wanted (``preserve_message_logs``). Blocks."""
        self.keep(message_id)
        with suppress(OSError):
            self.files.mkdir(OLD, 0o750)
            old, new = (self.files.real(f"{each}/{message_id}") for each in (MSGLOG, OLD))
            self.files.disk.rename(old, new)


SIGNS = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\v": "\\v", "\f": "\\f"}


def one_line(text: str) -> str:
    """Nobody forges a second line: what cannot be printed is written as in C.

    >>> one_line("a\\nb\\0")
    'a\\\\nb\\\\000'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else SIGNS.get(c) or f"\\{ord(c):03o}" for c in text)


def header_of(letter: Letter) -> str:
    """The header of a letter that was refused, as the reject log shows it."""
    from ..spool.spoolfile import KINDS

    to = "".join(f"Envelope-to: <{each}>\n" for each in letter.head.recipients[:1])
    more = "".join(f"             <{each}>\n" for each in letter.head.recipients[1:])
    lines = [f"Envelope-from: <{letter.sender}>\n", to, more]
    for field in letter.fields:
        kind = KINDS.get(field.name.lower(), b" ").decode()
        lines.append(f"{kind} {field.raw.replace(bytes([13, 10]), b'%c' % 10).decode('latin-1')}")
    return "".join(lines)
