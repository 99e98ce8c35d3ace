"""What the reader asks: which words there are. It is answered by `labmail.exim.options`.

The reader knows how a configuration is written, not what can be said in it. It asks while it reads,
line by line, so that the first mistake it meets is the first that Exim meets. Whoever refuses a
word raises ConfigError with the sentence alone; the reader adds file and line.

Law: Exim specification, chapter 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from labmail.exim.config.kind import Option

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block, Configuration


class AclReader(Protocol):
    """Takes the statements of one ACL, line by line."""

    def read(self, line: str) -> None:
        """One logical line: a verb, a condition or a modifier. Raises ConfigError, whose message
        comes after "error in ACL: "."""

    def end(self) -> Any:
        """No more lines: what the ACL says, kept as `Acl.statements`. Raises as `read` does."""


class Vocabulary(Protocol):
    """The words of a configuration."""

    @property
    def main_options(self) -> Mapping[str, Option]:
        """What the main section can set."""

    def generic(self, section: str) -> Mapping[str, Option]:
        """The options that all drivers of a section have ("routers", "transports",
        "authenticators"), `driver` among them."""

    def driver(self, section: str, name: str) -> Mapping[str, Option] | None:
        """A driver's own options, or None if there is no such driver."""

    def predefined(self, within: str | None = None) -> Iterable[tuple[str, str]]:
        """The macros that Exim defines itself, in the order in which it tries them; with a text,
        at least those that occur ``within`` it.

        Each name begins with a word in underscores, such as `_HAVE_`.
        """

    def check_main(self, configuration: Configuration) -> None:
        """The main section has ended: do its settings agree? May set what follows from them."""

    def check_driver(self, section: str, block: Block, configuration: Configuration) -> None:
        """A block has ended: do its settings agree? Raises ConfigError, or DriverError."""

    def check_section(self, section: str, configuration: Configuration) -> None:
        """A section has ended: do its blocks agree?"""

    def acl(self) -> AclReader:
        """Somebody to read a new ACL."""

    def rewrite(self, line: str) -> Any:
        """A rewriting rule; what it returns is kept."""

    def retry(self, line: str) -> Any:
        """A retry rule; what it returns is kept."""
