"""The sections after the first: drivers, ACLs, and rules.

Each reads lines until its section ends. What is wrong raises ConfigError where it is met: in the
order of the lines, the end of a driver coming when the next begins.

Law: Exim specification, §6.1, chapters 15, 24, 31, 32, 33 and 44.
"""

from __future__ import annotations

from labmail.exim.config.configuration import Acl, Block, Configuration, Line, Rule
from labmail.exim.config.kind import Around, extra
from labmail.exim.config.mistakes import Unplaced, did_you_mean, one_before
from labmail.exim.config.names import BLANKS, defines_macro, take_item_name
from labmail.exim.config.settings import take_setting
from labmail.exim.config.source import Source
from labmail.exim.config.vocabulary import Vocabulary
from labmail.exim.errors import ConfigError


class Drivers:
    """A section of routers, transports or authenticators.

    system_aliases:             a name
      driver = redirect         which driver; its own options may follow from here
      data = ${lookup{…}}
    """

    def __init__(
        self, section: str, configuration: Configuration, vocabulary: Vocabulary, around: Around
    ) -> None:
        self.section = section
        self.noun = section[:-1]
        self.configuration = configuration
        self.vocabulary = vocabulary
        self.around = around
        self.generic = vocabulary.generic(section)
        self.blocks = configuration.drivers(section)
        self.named = {block.name: block for block in self.blocks}
        self.block: Block | None = None

    def read(self, source: Source) -> None:
        while (line := source.next()) is not None:
            name, rest = take_item_name(line)
            if defines_macro(name, rest):
                self.finish()
                source.macros.define(line, source.place)
            elif rest.startswith(":"):
                self.finish()
                self.begin(name, rest[1:].lstrip(), source)
            else:
                self.setting(name, line, source)
        self.finish()
        self.vocabulary.check_section(self.section, self.configuration)

    def begin(self, name: str, rest: str, source: Source) -> None:
        if name in self.named:
            before = self.named[name]
            raise Unplaced(
                f'there are two {self.noun}s called "{name}"',
                help=one_before(before.file, before.line),
            )
        if rest:
            raise extra(rest, f"driver name {name}")
        self.block = Block(name, self.generic, source.file, source.line)
        self.blocks.append(self.block)
        self.named[name] = self.block

    def setting(self, word: str, line: str, source: Source) -> None:
        block = self.block
        if block is None:
            raise ConfigError(f"{self.noun} name missing")
        known_driver = block.driver
        name, option = take_setting(line, self.generic, block, self.around, source.place)
        if option is None and known_driver:
            name, option = take_setting(line, block.options, block, self.around, source.place)
        elif option and not known_driver and block.set("driver"):
            self.choose(block)
        if option is None and known_driver:
            raise ConfigError(f'option "{name}" unknown', help=did_you_mean(name, block.options))
        if option is None:
            raise ConfigError(
                f'option "{word}" unknown ("driver" must be specified before any private options)'
            )

    def choose(self, block: Block) -> None:
        """The driver has been named: its options join the generic ones."""
        own = self.vocabulary.driver(self.section, block.driver)
        if own is None:
            raise ConfigError(
                f'{self.noun} {block.name}: cannot find {self.noun} driver "{block.driver}"'
            )
        block.options = {**self.generic, **own}

    def finish(self) -> None:
        """No more lines for the last driver: is it whole?"""
        block, self.block = self.block, None
        if block is None:
            return
        if not block.set("driver"):
            raise Unplaced(
                f'no driver defined for {self.noun} "{block.name}"',
                help=f"It begins in line {block.line} of {block.file}, and needs driver = ….",
            )
        self.vocabulary.check_driver(self.section, block, self.configuration)


def read_acls(source: Source, configuration: Configuration, vocabulary: Vocabulary) -> None:
    """The section of access control lists. What stands behind the colon of a name is lost."""
    line = source.next()
    while line is not None:
        name, rest = take_item_name(line)
        if defines_macro(name, rest):
            source.macros.define(line, source.place)
            line = source.next()
            continue
        if not name or not rest.startswith(":"):
            raise ConfigError("missing or malformed ACL name")
        first = configuration.acls.get(name)
        if first:
            raise ConfigError(
                f'there are two ACLs called "{name}"', help=one_before(first.file, first.line)
            )
        configuration.acls[name], line = _read_acl(name, source, vocabulary)


def _read_acl(name: str, source: Source, vocabulary: Vocabulary) -> tuple[Acl, str | None]:
    """One ACL, and the line that comes after it."""
    file, number = source.file, source.line
    lines: list[Line] = []
    reader = vocabulary.acl()
    while (line := source.next()) is not None:
        word, rest = take_item_name(line.removeprefix("!").lstrip(BLANKS))
        if rest.startswith(":") or defines_macro(word, rest):
            break
        lines.append(Line(line, source.file, source.line))
        try:
            reader.read(line)
        except ConfigError as error:
            raise ConfigError(f"error in ACL: {error.message}", help=error.help) from None
    return Acl(name, lines, reader.end(), file, number), line


def read_rewrites(source: Source, configuration: Configuration, vocabulary: Vocabulary) -> None:
    """The section of rewriting rules, a line each. Macros cannot be defined here."""
    while (line := source.next()) is not None:
        meaning = vocabulary.rewrite(line)
        configuration.rewrites.append(Rule(line, meaning, source.file, source.line))


def read_retries(source: Source, configuration: Configuration, vocabulary: Vocabulary) -> None:
    """The section of retry rules, a line each. Macros cannot be defined here."""
    while (line := source.next()) is not None:
        meaning = vocabulary.retry(line)
        configuration.retries.append(Rule(line, meaning, source.file, source.line))
