"""What the reader of a configuration asks: is there such a word, and do the settings agree?

The answers come from the tables of options; this module only knows where each is.

Law: Exim specification, chapters 6, 14, 15, 24, 33, 44.

Try: ``VOCABULARY.driver("routers", "redirect")["data"].meaning``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from labmail.exim.config.configuration import Block, Configuration
from labmail.exim.config.kind import Option
from labmail.exim.options.drivers import driver_class, driver_names, generic_class
from labmail.exim.options.main import Main

PURGING = "Warning: purging the environment.\n Suggested action: use keep_environment."
"""Told by -bV, and by whatever receives or delivers; tests of other kinds are silent about it."""


class Words:
    """Everything that can be said in a configuration.

    ``hostname`` is what the host calls itself; by default the system is asked. ``has_domain`` says
    whether an address has one, and raises EximError for what is no address; by default a look for
    an @ has to do, since reading addresses belongs to a higher room.
    """

    def __init__(
        self, hostname: str | None = None, has_domain: Callable[[str], bool] | None = None
    ) -> None:
        self.hostname = hostname
        self.has_domain = has_domain
        self.warnings: list[str] = []
        """What Exim logs about the configuration that was read last, and goes on."""
        self._main: dict[str, Option] | None = None
        self._generic: dict[str, dict[str, Option]] = {}
        self._drivers: dict[tuple[str, str], dict[str, Option]] = {}

    @property
    def main_options(self) -> Mapping[str, Option]:
        if self._main is None:
            self._main = Main.options()
        return self._main

    def generic(self, section: str) -> Mapping[str, Option]:
        """The options of all routers, transports or authenticators."""
        if section not in self._generic:
            self._generic[section] = generic_class(section).options()
        return self._generic[section]

    def driver(self, section: str, name: str) -> Mapping[str, Option] | None:
        """All options of a driver, or None if there is no such driver."""
        if name not in driver_names(section):
            return None
        if (section, name) not in self._drivers:
            self._drivers[section, name] = driver_class(section, name).options()
        return self._drivers[section, name]

    def predefined(self, within: str | None = None) -> Iterable[tuple[str, str]]:
        """Exim's own macros; or, of those, all that could occur in a text."""
        from labmail.exim.options.predefined import predefined

        return predefined(within)

    def check_main(self, configuration: Configuration) -> None:
        from labmail.exim.options.agreement import check_main

        self.warnings = []
        check_main(configuration, self.hostname, self.has_domain)
        if not configuration.main.set("keep_environment"):
            self.warnings.append(PURGING)

    def check_driver(self, section: str, block: Block, configuration: Configuration) -> None:
        from labmail.exim.options.agreement import check_driver

        check_driver(section, block, configuration)

    def check_section(self, section: str, configuration: Configuration) -> None:
        from labmail.exim.options.agreement import check_section

        check_section(section, configuration)

    def acl(self) -> Any:
        from labmail.exim.options.acl import AclReader

        return AclReader()

    def rewrite(self, line: str) -> Any:
        from labmail.exim.options.rewrite import read_rule

        return read_rule(line)

    def retry(self, line: str) -> Any:
        from labmail.exim.options.retry import read_rule

        rule = read_rule(line)
        if rule.warning:
            self.warnings.append(rule.warning)
        return rule


VOCABULARY = Words()
"""What Debian's exim4-daemon-heavy understands."""
