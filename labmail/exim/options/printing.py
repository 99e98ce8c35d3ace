"""Printing what is set: `-bP`, in all its forms.

    -bP                      every main option
    -bP qualify_domain       one
    -bP +local_domains       a named list
    -bP router_list          names of the routers; transport_list, authenticator_list, macro_list
    -bP routers              everything about all of them; transports, authenticators, macros
    -bP router NAME          about one; transport, authenticator, macro
    -bP config               the file, as it was read
    -bP configure_file       its name
    -bP environment          what is left of the environment

With `-n` there are values without their names.

Law: Exim specification, §5.2 (-bP).

Try: ``print_options(configuration, ["router_list"])``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from labmail.exim.config.configuration import Block, Configuration, Settings
from labmail.exim.config.kind import Kind
from labmail.exim.config.kinds import FIXED_POINT
from labmail.exim.options.drivers import driver_class
from labmail.exim.options.listing import laid_out
from labmail.exim.options.main import Main

TOP_BIT = re.compile(r"\\([23][0-7][0-7])")
SECRET = "<value not displayable>"
KINDS = {"router": "routers", "transport": "transports", "authenticator": "authenticators"}
LISTS = ("address", "domain", "host", "localpart")


class Printer:
    """Answers one word after the other.

    ``bare`` leaves names out (`-n`). Who is no ``admin`` does not see what was set with `hide`.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        bare: bool = False,
        admin: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.configuration = configuration
        self.bare = bare
        self.admin = admin
        self.environment = environment or {}
        self.words: dict[str, Callable[[], Iterator[str]]] = {
            "all": self.every_option,
            "config": self.file,
            "config_file": self.path,
            "configure_file": self.path,
            "environment": self.surroundings,
            "macros": self.macros,
            "macro_list": lambda: iter(self.configuration.macros.all()),
            **{section: self._every(kind) for kind, section in KINDS.items()},
            **{f"{kind}_list": self._names(section) for kind, section in KINDS.items()},
        }

    def word(self, word: str) -> tuple[list[str], bool]:
        """The lines for one word, and whether it meant something."""
        if word.startswith("+"):
            return self.named_list(word[1:])
        if word in self.words:
            return list(self.words[word]()), True
        if word == "local_scan":
            return ["local_scan() options are not supported"], False
        if word not in Main.fields:
            return [f"{word} is not a known option"], False
        return [self.option(word, self.configuration.main)], True

    def item(self, kind: str, name: str) -> tuple[list[str], bool]:
        """The lines for `router NAME` and its kin."""
        if kind == "macro":
            macros = self.configuration.macros.all()
            if name in macros:
                return [self._macro(name, macros[name])], True
        else:
            for block in self.configuration.drivers(KINDS[kind]) if kind in KINDS else ():
                if block.name == name:
                    return list(self.block(block, KINDS[kind])), True
        return [f"{kind} {name} not found"], False  # as for `environment NAME`, always

    def named_list(self, name: str) -> tuple[list[str], bool]:
        lines = []
        for kind in LISTS:
            found = self.configuration.named[kind].get(name)
            if found:
                text = SECRET if found.hidden else found.text
                lines.append(text if self.bare else f"{kind}list {name} = {text}")
        if lines:
            return lines, True
        return [f'no address, domain, host, or local part list called "{name}" exists'], False

    def option(self, name: str, settings: Settings) -> str:
        """One line: an option and its value."""
        option = settings.options[name]
        if name in settings.hidden and not self.admin:
            return SECRET if self.bare else f"{name} = {SECRET}"
        value = settings[name]
        line = option.kind.show(name, value, self.configuration.people)
        if isinstance(value, str) and self.configuration.main["print_topbitchars"]:
            line = TOP_BIT.sub(lambda found: chr(int(found.group(1), 8)), line)
        return _bare(line, option.kind) if self.bare else line

    def every_option(self) -> Iterator[str]:
        for name, field in Main.fields.items():
            if not field.alias:
                yield self.option(name, self.configuration.main)

    def block(self, block: Block, section: str) -> Iterator[str]:
        """What is set in a router: first what all have, then what its driver has."""
        driver = driver_class(section, block.driver)
        twice: str = getattr(driver, "shown_twice", "")
        for name in block.options:
            if twice and name not in generic_names(section):
                text = block[twice] if isinstance(block[twice], str) else ""
                yield text if self.bare else f"*expand_{twice} = {text}"
                twice = ""
            if not driver.fields[name].alias:
                yield self.option(name, block)

    def macros(self) -> Iterator[str]:
        for name, text in self.configuration.macros.all().items():
            yield self._macro(name, text)

    def file(self) -> Iterator[str]:
        return laid_out(self.configuration.lines, bare=self.bare, admin=self.admin)

    def path(self) -> Iterator[str]:
        yield self.configuration.path

    def surroundings(self) -> Iterator[str]:
        for name, value in sorted(self.environment.items()):
            yield name if self.bare else f"{name}={value}"

    def _macro(self, name: str, text: str) -> str:
        return text if self.bare else f"{name}={text}"

    def _every(self, kind: str) -> Callable[[], Iterator[str]]:
        def lines() -> Iterator[str]:
            for block in self.configuration.drivers(KINDS[kind]):
                yield from ("", f"{block.name} {kind}:")
                yield from self.block(block, KINDS[kind])

        return lines

    def _names(self, section: str) -> Callable[[], Iterator[str]]:
        return lambda: (block.name for block in self.configuration.drivers(section))


def _bare(line: str, kind: Kind) -> str:
    """Without the name; Exim forgets that for a fixed-point number that is not set."""
    _, equals, value = line.partition("=")
    if not equals or (kind is FIXED_POINT and not value):
        return line
    return value.removeprefix(" ")


def generic_names(section: str) -> Mapping[str, object]:
    """The options that all drivers of a section have."""
    from labmail.exim.options.drivers import generic_class

    return generic_class(section).fields


def print_options(
    configuration: Configuration,
    words: Sequence[str] = (),
    *,
    bare: bool = False,
    admin: bool = True,
    environment: Mapping[str, str] | None = None,
) -> tuple[str, int]:
    """What `-bP WORDS` prints, and its exit code.

    It is 1 if the last word is unknown, or an item (`router NAME`) since the last plain word.
    """
    printer = Printer(configuration, bare=bare, admin=admin, environment=environment)
    lines: list[str] = []
    failed = False
    waiting = list(words) or ["all"]
    while waiting:
        word = waiting.pop(0)
        if waiting and word in (*KINDS, "macro", "environment"):
            more, known = printer.item(word, waiting.pop(0))
            failed = failed or not known
        else:
            more, known = printer.word(word)
            failed = not known
        lines += more
    return "".join(f"{line}\n" for line in lines), int(failed)
