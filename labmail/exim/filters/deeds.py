"""What a filter comes to: a list of deeds that somebody else will do, and why each.

    Deliver   to another address        Save       into a file or a directory
    Pipe      to a program              Reply      an answer to the sender, or a note to somebody
    Forced    fail, freeze, defer       Headers    a line added or removed, the character set
    LogFile, LogLine                    Count      a number added to $n0 … $n9
    Finished, Printed                   Ignored    a command that is not for bounces

Nothing is done while a filter runs. A deed that is *significant* takes care of the letter: if there
is none, the letter goes on as if there were no filter.

Law: "Exim's interfaces to mail filtering", §1.2, §3.8.

Try::

    >>> Save("/home/ben/rest", 0o640, why=("a is a",)).told()
    'Save message to: /home/ben/rest 0640\\n'
"""

from __future__ import annotations

from typing import Any

_SEEN = {"\n": "\\n", "\r": "\\r", "\t": "\t", "\\": "\\"}


def printing(text: str) -> str:
    """A text with its unprintable octets as backslash escapes; tabs stay.

    >>> printing("a\\nb\\x81")
    'a\\\\nb\\\\201'
    """
    return "".join(c if " " <= c <= "~" else _SEEN.get(c) or f"\\{ord(c):03o}" for c in text)


class Deed:
    """Common to all: why it is done (the conditions that were true on the way to it), whether it
    is significant, whether errors on its way are to be ignored; and the line of its command."""

    def __init__(
        self,
        *,
        why: tuple[str, ...] = (),
        significant: bool = False,
        noerror: bool = False,
        line: int = 0,
    ) -> None:
        self.why, self.significant, self.noerror, self.line = why, significant, noerror, line

    def told(self) -> str:
        """As ``exim -bf`` says it, with newlines."""
        return ""

    def __repr__(self) -> str:
        own = {name: value for name, value in vars(self).items() if name not in ("why", "line")}
        return f"{type(self).__name__}({', '.join(f'{n}={v!r}' for n, v in own.items())})"

    def _quiet(self) -> str:
        return " (noerror)" if self.noerror else ""


class Deliver(Deed):
    """To an address; ``errors_to`` gets its bounces, where that is not None."""

    def __init__(self, address: str, errors_to: str | None = None, **common: Any) -> None:
        super().__init__(**{"significant": True, **common})
        self.address, self.errors_to = address, errors_to

    def told(self) -> str:
        verb = "Deliver" if self.significant else "Unseen deliver"
        errors = "" if self.errors_to is None else f" errors_to {self.errors_to}"
        return f"{verb} message to: {self.address}{self._quiet()}{errors}\n"


class Save(Deed):
    """Into a file; a directory, where the path ends in a slash. ``mode`` None: the transport's."""

    def __init__(self, path: str, mode: int | None = None, **common: Any) -> None:
        super().__init__(**{"significant": True, **common})
        self.path, self.mode = path, mode
        self.tainted = False
        self.flags: tuple[str, ...] = ()
        """Flags for the letter in its mailbox (RFC 5232)."""

    def told(self) -> str:
        verb = "Save" if self.significant else "Unseen save"
        mode = "" if self.mode is None else f" {self.mode:04o}"
        return f"{verb} message to: {self.path}{mode}{self._quiet()}\n"


class Pipe(Deed):
    """To a program; the command is expanded later, argument by argument, with ``numeric`` as $1…"""

    def __init__(self, command: str, numeric: tuple[Any, ...] = (), **common: Any) -> None:
        super().__init__(**{"significant": True, **common})
        self.command, self.numeric = command, numeric

    def told(self) -> str:
        verb = "Pipe" if self.significant else "Unseen pipe"
        return f"{verb} message to: {self.command}{self._quiet()}\n"


class Reply(Deed):
    """A letter that is made: ``texts`` by the words of the command, expanded."""

    def __init__(
        self,
        texts: dict[str, str],
        *,
        command: str = "mail",
        expand_file: bool = False,
        return_message: bool = False,
        to: str = "",
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.texts, self.command = texts, command
        self.expand_file, self.return_message = expand_file, return_message
        self.to = to

    def told(self) -> str:
        verb = "Seen mail" if self.significant else "Mail"
        note = " (vacation)" if self.command == "vacation" else ""
        lines = [f"{verb} to: {self.texts.get('to', '<default>')}{note}{self._quiet()}\n"]
        for word, text in self.texts.items():
            if word != "to":
                expanded = " (expanded)" if word == "file" and self.expand_file else ""
                lines.append(f"{word:>7}: {printing(text)}{expanded}\n")
        if self.return_message:
            lines.append("Return original message\n")
        return "".join(lines)


class Refused(Deed):
    """Back to the sender, with a text: ``reject`` and ``ereject`` of Sieve (RFC 5429)."""

    def __init__(self, verb: str, text: str, **common: Any) -> None:
        super().__init__(**{"significant": True, **common})
        self.verb, self.text = verb, text

    def told(self) -> str:
        return f'{self.verb.capitalize()} text "{printing(self.text)}"\n'


class Ignored(Deed):
    """A command that does nothing, since the letter is a bounce."""

    def __init__(self, command: str, **common: Any) -> None:
        super().__init__(**common)
        self.command = command

    def told(self) -> str:
        return f"{self.command} command ignored because return_path is empty\n"


class LogFile(Deed):
    """From here on, notes go to this file."""

    def __init__(self, path: str, mode: int | None = None, **common: Any) -> None:
        super().__init__(**common)
        self.path, self.mode = path, mode

    def told(self) -> str:
        return f"{'Seen logfile' if self.significant else 'Logfile'} {self.path}\n"


class LogLine(Deed):
    """A note for a file of the user's own; None: she did not say which."""

    def __init__(self, text: str, path: str | None = None, **common: Any) -> None:
        super().__init__(**common)
        self.text, self.path = text, path
        self.mode: int | None = None

    def told(self) -> str:
        verb = "Seen logwrite" if self.significant else "Logwrite"
        return f'{verb} "{printing(self.text)}"\n'


class Headers(Deed):
    """``add`` a header line, ``remove`` those with a name, or ``charset``: how they are read."""

    def __init__(self, what: str, text: str, **common: Any) -> None:
        super().__init__(**common)
        self.what, self.text = what, text

    def told(self) -> str:
        return f'Headers {self.what} "{printing(self.text)}"\n'


class Count(Deed):
    """A number added to one of $n0 to $n9."""

    def __init__(self, number: int, variable: int, **common: Any) -> None:
        super().__init__(**common)
        self.number, self.variable = number, variable

    def told(self) -> str:
        return f"Add {self.number} to n{self.variable}\n"


class Printed(Deed):
    """``testprint``: seen by whoever tries the filter out, and by nobody else."""

    def __init__(self, text: str, **common: Any) -> None:
        super().__init__(**common)
        self.text = text

    def told(self) -> str:
        return f"Testprint: {printing(self.text)}\n"


class Finished(Deed):
    """The filter ends here."""

    def told(self) -> str:
        return f"{'Seen finish' if self.significant else 'Finish'}\n"


class Forced(Deed):
    """``fail``, ``freeze`` or ``defer``, with a text for the log or the sender."""

    def __init__(self, verb: str, text: str, **common: Any) -> None:
        super().__init__(**common)
        self.verb, self.text = verb, text

    def told(self) -> str:
        return f'{self.verb.capitalize()} text "{printing(self.text)}"\n'
