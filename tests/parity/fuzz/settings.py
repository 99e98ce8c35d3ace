"""Options of every kind: a name from labmail's own tables, a value as an administrator writes it.

The tables say which options there are and of which kind, so an option that is added there is tried
here. What would move files about or ask the machine who is who is left alone (`APART`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random

from labmail.exim.config.kind import Option
from labmail.exim.options import VOCABULARY

VALUES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "boolean": (("true", "false", "yes", "no", "YES"), ("maybe", "")),
    "integer": (("0", "5", "100", "0x10", "017", "3K", "-1", "12 "),
                ("x", "", "99999999999", "5 6")),
    "size": (("0", "10M", "1G", "50k", "1024", "1536K", "2000", "1048576"), ("5T", "10 M", "-1")),
    "fixed": (("5", "7.5", "0.25", "1.234"), ("1.2345", ".5", "-1", "x", "5.")),
    "time": (("0s", "30s", "5m", "1h30m", "1w2d", "36h", "7d", "3600s"),
             ("90", "5x", "", "0", "1d1d")),
    "times": (("1h:2h", "1h", "2h : 4h : 1d", ""), ("2h:1h", "x", "1h:")),
    "owner": (("root", "nobody", "0", "65534"), ("nosuchuser", "", "-1")),
    "owners": (("root : nobody", "root", "0", ""), ("nosuchuser", "root : -1")),
    "octal": (("0600", "022", "640"), ("8", "x", "")),
}  # fmt: skip
"""By kind: usual values, and odd ones."""

KINDS = {
    "Switch": "boolean", "ExpandedSwitch": "boolean", "Integer": "integer", "OctalInteger": "octal",
    "Size": "size", "DiskSize": "size", "FixedPoint": "fixed", "Time": "time",
    "ExpandedTime": "time", "TimeList": "times", "Owners": "owners", "User": "owner",
    "Group": "owner", "ExpandedUser": "owner", "ExpandedGroup": "owner",
}  # fmt: skip
"""What the classes of kinds are called here; all others are texts."""

APART = frozenset((
    "add_environment", "admin_groups", "driver", "exim_group", "exim_path", "exim_user",
    "exim_version", "finduser_retries", "hosts_proxy", "keep_environment", "local_interfaces",
    "localhost_number", "log_file_path", "log_selector", "never_users", "openssl_options",
    "perl_startup", "pid_file_path", "spool_directory", "syslog_facility", "timezone",
    "trusted_groups", "trusted_users",
))  # fmt: skip
"""Options that would change where and as whom the engines run, or that a daemon reads."""


def kind_of(option: Option) -> str:
    """``boolean``, ``integer`` … or ``text``."""
    return KINDS.get(type(option.kind).__name__, "text")


@cache
def main_options() -> dict[str, list[str]]:
    """The names of the main options, by kind."""
    return by_kind(VOCABULARY.main_options)


def by_kind(options: Mapping[str, Option]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, option in sorted(options.items()):
        if name not in APART:
            found.setdefault(kind_of(option), []).append(name)
    return found


def driver_option(section: str, driver: str, r: Random) -> tuple[str, str]:
    """An option that a driver has, and its kind."""
    known = by_kind(VOCABULARY.driver(section, driver) or {})
    kind = r.choice(sorted(known))
    return r.choice(known[kind]), kind


def often(usual: tuple[str, ...], odd: tuple[str, ...], r: Random) -> str:
    """One of the usual values, and now and then an odd one."""
    return r.choice(odd if r.random() < 0.06 else usual)


def setting(name: str, kind: str, text: str, r: Random) -> str:
    """A line that sets an option; ``text`` is the value of a text."""
    if kind == "boolean" and r.random() < 0.5:
        return r.choice(["", "", "no_", "not_"]) + name
    value = text if kind == "text" else often(*VALUES[kind], r)
    return f"{name}{r.choice([' = ', '=', ' =  '])}{value}"
