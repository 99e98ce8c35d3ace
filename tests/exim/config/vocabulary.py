"""A small vocabulary for tests of the reader: an option of each kind, a driver or two.

Names, kinds and defaults are Exim's, so that the real program reads the same configurations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labmail.exim.config import Block, Configuration, DriverError, Unplaced
from labmail.exim.config.kinds import (
    DISK_SIZE,
    EXPANDED_SWITCH,
    EXPANDED_USER,
    FIXED_POINT,
    GROUPS,
    INTEGER,
    OCTAL_INTEGER,
    SIZE,
    SWITCH,
    TEXT,
    TIME,
    TIME_LIST,
    USERS,
    Kind,
    Option,
)
from labmail.exim.config.names import take_item_name
from labmail.exim.errors import ConfigError


def options(**kinds: Kind) -> dict[str, Option]:
    return {name: Option(name, kind) for name, kind in kinds.items()}


MAIN = options(
    spool_directory=TEXT,
    log_file_path=TEXT,
    primary_hostname=TEXT,
    qualify_domain=TEXT,
    keep_environment=TEXT,
    queue_only=SWITCH,
    split_spool_directory=SWITCH,
    helo_lookup_domains=TEXT,
    smtp_banner=TEXT,
    smtp_accept_max=INTEGER,
    header_maxsize=INTEGER,
    bounce_return_size_limit=SIZE,
    check_spool_space=DISK_SIZE,
    queue_only_load=FIXED_POINT,
    smtp_receive_timeout=TIME,
    delay_warning=TIME_LIST,
    never_users=USERS,
    trusted_groups=GROUPS,
)
GENERIC = {
    "routers": options(
        driver=TEXT, domains=TEXT, transport=TEXT, more=EXPANDED_SWITCH, user=EXPANDED_USER
    ),
    "transports": options(driver=TEXT, user=EXPANDED_USER, body_only=SWITCH),
    "authenticators": options(driver=TEXT, public_name=TEXT),
}
DRIVERS = {
    ("routers", "accept"): {},
    ("routers", "redirect"): options(
        data=TEXT, file=TEXT, allow_fail=SWITCH, modemask=OCTAL_INTEGER
    ),
    ("transports", "pipe"): options(command=TEXT, timeout=TIME, umask=OCTAL_INTEGER),
    ("authenticators", "plaintext"): options(server_prompts=TEXT, server_condition=TEXT),
}
VERBS = ("accept", "defer", "deny", "discard", "drop", "require", "warn")
CONDITIONS = ("domains", "hosts", "message")


class Statements:
    """Reads an ACL as far as it must be understood to find the words in it."""

    def __init__(self) -> None:
        self.verbs: list[str] = []

    def read(self, line: str) -> None:
        word, rest = take_item_name(line)
        if word in VERBS:
            self.verbs.append(word)
            line = rest
            word, rest = take_item_name(line)
        elif not self.verbs:
            raise ConfigError(f'unknown ACL verb "{word}" in "{line}"')
        if line and word not in CONDITIONS:
            raise ConfigError(f'unknown ACL condition/modifier in "{line}"')
        if line and not rest.startswith("="):
            raise ConfigError(f'"=" missing after ACL "{word}" condition')

    def end(self) -> list[str]:
        return self.verbs


class Few:
    """The vocabulary."""

    main_options: Mapping[str, Option] = MAIN

    def __init__(self, predefined: Iterable[tuple[str, str]] = ()) -> None:
        self._predefined = predefined

    def generic(self, section: str) -> Mapping[str, Option]:
        return GENERIC[section]

    def driver(self, section: str, name: str) -> Mapping[str, Option] | None:
        return DRIVERS.get((section, name))

    def predefined(self, within: str | None = None) -> Iterable[tuple[str, str]]:
        return self._predefined

    def check_main(self, configuration: Configuration) -> None:
        pass

    def check_driver(self, section: str, block: Block, configuration: Configuration) -> None:
        if block.driver == "redirect" and not (block.set("data") or block.set("file")):
            raise DriverError('one of "file" or "data" must be specified', f"{block.name} router")

    def check_section(self, section: str, configuration: Configuration) -> None:
        for block in configuration.routers if section == "routers" else ():
            if block.driver == "accept" and not block.set("transport"):
                raise Unplaced(f"{block.name} router:\n  a transport is required for this router")

    def acl(self) -> Statements:
        return Statements()

    def rewrite(self, line: str) -> Any:
        words = line.split()
        if len(words) < 2:
            raise ConfigError("missing rewrite replacement string")
        return words

    def retry(self, line: str) -> Any:
        words = line.split()
        if len(words) < 2:
            raise ConfigError("missing error type in retry rule")
        if words[1] != "*":
            raise ConfigError(f'unknown or malformed retry error "{words[1]}"')
        return words
