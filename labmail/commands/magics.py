"""``%exim``, ``%at`` and ``%%eximconf``: the administrator's command line in a notebook.

    %load_ext labmail
    %exim -be '${uc:hello} from $primary_hostname'
    %exim --host mail.example.com -bp
    %exim --host mail.example.com --user bob -bp

    %%exim --host mail.example.com -t
    To: bob@ask.com
    Subject: what a cell has below its first line is what the command reads

    Hello!

    %at mail.example.com exinext bob@ask.com
    %at mail.example.com exim -Mvh {mail.queue[0].id}

    %%eximconf small
    domainlist local_domains = example.com
    acl_smtp_rcpt = check

    %exim -C small -be '${if match_domain{example.com}{+local_domains}}'

A line runs in this process and prints what Exim would show on a terminal, both outputs in one; only
a refusal is shown as an error. ``$`` and braces are Exim's here, not IPython's; behind ``%at``,
which takes the words of ``labmail at`` and runs the same commands, they are IPython's, so that a
letter can be named. A cell is read as a configuration: it says what it holds, or shows the line
with the mistake. It is kept under its name for ``-C``; with a host and a path in front of it, a
configuration without a mistake is written there.

Hosts are those of the lab that runs in this notebook, the newest first.

Law: Exim specification, chapters 5 and 6.
"""

from __future__ import annotations

import io
import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_cell_magic, magics_class, no_var_expand

from labmail.exim.config import read
from labmail.exim.errors import ConfigError
from labmail.exim.files import Files, Kept
from labmail.message import Shown

from .checked import show_mistake, show_read
from .exim import Caller, machine, run
from .exim.accounts import NoSuchUser
from .exim.opening import vocabulary

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from labmail.lab import Lab, LabHost


class _Side(io.BytesIO):
    """One of a command's two outputs; a terminal shows both, in the order of writing."""

    def __init__(self, screen: io.BytesIO) -> None:
        super().__init__()
        self._screen = screen

    def write(self, data: Any) -> int:
        """Writes here and on the screen."""
        self._screen.write(data)
        return super().write(data)


@dataclass(frozen=True, slots=True)
class Streams:
    """What a command reads and writes in a cell."""

    out: _Side
    err: _Side
    input: io.BytesIO

    def flush(self) -> None:
        """Everything is shown at the end."""


@magics_class
class EximMagics(Magics):
    """``%exim``, ``%%exim``, ``%at``, ``%%at`` and ``%%eximconf``."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.cells: dict[str, str] = {}
        """The configurations of this notebook's cells, by name."""

    @no_var_expand
    @line_cell_magic
    def exim(self, line: str, cell: str = "") -> None:
        """Exim's command line: ``%exim [--host NAME [--user LOGIN]] -be '${lc:ABC}'``;
        ``%exim --help``. What a cell has below is standard input."""
        words = _words(line)
        host, user = _option(words, "--host", "name of a host"), _option(words, "--user", "login")
        screen = io.BytesIO()
        out, err = _Side(screen), _Side(screen)
        try:
            caller = self._caller(host, out, err, cell.encode(), user or "")
            caller.files = Kept(caller.files, self.cells)
            code = run([word.encode("utf-8").decode("latin-1") for word in words], caller)
        except (NoSuchUser, ValueError) as problem:
            raise UsageError(str(problem)) from None
        _show(code, out, screen)

    @line_cell_magic
    def at(self, line: str, cell: str = "") -> None:
        """A command on a host, as ``labmail at`` has it: ``%at HOST [--user LOGIN] mailq``;
        ``%at HOST help`` names those that there are. What a cell has below is standard input."""
        from .control.answering import answer
        from .control.call import NotThere
        from .control.frames import Question

        host, *words = _words(line) or [""]
        user = _option(words, "--user", "login")
        if not words:
            raise UsageError("%at needs a host and a command: %at HOST [--user LOGIN] mailq")
        lab, there = self._host(host)
        octets = [word.encode("utf-8").decode("latin-1") for word in words]
        screen = io.BytesIO()
        streams: Any = Streams(_Side(screen), _Side(screen), io.BytesIO(cell.encode()))
        try:
            code = answer(lab, Question(there.name, octets, user or ""), streams)
        except NotThere as problem:
            raise UsageError(str(problem)) from None
        _show(code, streams.out, screen)

    @no_var_expand
    @cell_magic
    def eximconf(self, line: str, cell: str) -> Shown:
        """A configuration: ``%%eximconf``, ``%%eximconf NAME`` or ``%%eximconf HOST /PATH``."""
        words = _words(line)
        if len(words) > 2 or (len(words) == 2 and not words[1].startswith("/")):
            raise UsageError("%%eximconf takes nothing, a name, or a host and a path")
        name = words[-1] if words else "cell"
        self.cells[name] = cell
        host = words[0] if len(words) == 2 else None
        caller = self._caller(host, io.BytesIO(), io.BytesIO())
        files = Kept(caller.files, {name: cell})
        try:
            configuration = read(name, files=files, vocabulary=vocabulary(caller))
        except ConfigError as error:
            return show_mistake(error, name, _source(error, name, cell, files), host)
        return show_read(configuration, name, self._written(host, name, cell))

    def _written(self, host: str | None, path: str, cell: str) -> str | None:
        """Writes a configuration to a host; gives the host's name."""
        if host is not None:
            self._host(host)[1].files.write_text(path, cell)
        return host

    def _caller(
        self, host: str | None, out: io.BytesIO, err: io.BytesIO, typed: bytes = b"", user: str = ""
    ) -> Caller:
        """Whoever asks: at this computer, or on a host of the lab, as one of its users."""
        stdin = io.BytesIO(typed)
        if host is None:
            if user:
                raise UsageError("--user belongs to a host: %exim --host NAME --user LOGIN …")
            return machine(stdin, out, err)
        from .exim.hosts import caller_on

        return caller_on(*self._host(host), stdin, out, err, {}, user=user)

    def _host(self, name: str) -> tuple[Lab, LabHost]:
        """A host of the newest lab in this notebook that runs and has it. Raises UsageError."""
        from labmail.lab import Lab

        shell: Any = self.shell
        labs = [value for value in shell.user_ns.values() if isinstance(value, Lab)]
        running = [lab for lab in labs if lab.is_open]
        for lab in reversed(running):
            if name in lab.hosts:
                return lab, lab.host(name)
        known = ", ".join(host for lab in running for host in lab.hosts)
        if not known:
            raise UsageError("no lab runs in this notebook: lab = Lab('two_companies')")
        raise UsageError(f"there is no host {name!r}; there are {known}")


def _show(code: int, out: io.BytesIO, screen: io.BytesIO) -> None:
    """What a terminal would show; as an error where there is nothing but one."""
    nothing_but_errors = code and not out.getvalue()
    (sys.stderr if nothing_but_errors else sys.stdout).write(_readable(screen.getvalue()))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{error}: put strings between '…'") from None


def _option(words: list[str], name: str, what: str) -> str | None:
    """Takes ``--host NAME``, say, from the front."""
    if words[:1] != [name]:
        return None
    if len(words) < 2:
        raise UsageError(f"{name} needs the {what}")
    _, value = words.pop(0), words.pop(0)
    return value


def _readable(octets: bytes) -> str:
    return octets.decode("utf-8", "backslashreplace")


def _source(error: ConfigError, name: str, cell: str, files: Files) -> list[str]:
    """The lines of the file that the mistake is in."""
    if error.file in (None, name):
        return cell.split("\n")
    return files.read_bytes(str(error.file)).decode("utf-8", "replace").split("\n")


def load(shell: InteractiveShell) -> None:
    """Puts both words into a shell."""
    shell.register_magics(EximMagics)
