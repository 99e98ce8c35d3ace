"""The kinds of values, in the order of the specification: one name for each.

    words       SWITCH, EXPANDED_SWITCH, TEXT, EXPANDED, LIST
    numbers     INTEGER, OCTAL_INTEGER, SIZE, DISK_SIZE, FIXED_POINT
    times       TIME, TIME_LIST
    owners      USER, GROUP, USERS, GROUPS, EXPANDED_USER, EXPANDED_GROUP

Law: Exim specification, §6.13 to §6.22.

Try: ``TEXT.show("smtp_banner", "hello", NOBODY)``.
"""

from labmail.exim.config.kind import ALONE, Around, Kind, Option
from labmail.exim.config.numbers import DISK_SIZE, FIXED_POINT, INTEGER, OCTAL_INTEGER, SIZE
from labmail.exim.config.owners import (
    EXPANDED_GROUP,
    EXPANDED_USER,
    GROUP,
    GROUPS,
    USER,
    USERS,
)
from labmail.exim.config.people import NOBODY, People
from labmail.exim.config.times import TIME, TIME_LIST
from labmail.exim.config.words import EXPANDED, EXPANDED_SWITCH, LIST, SWITCH, TEXT

__all__ = [
    "ALONE",
    "DISK_SIZE",
    "EXPANDED",
    "EXPANDED_GROUP",
    "EXPANDED_SWITCH",
    "EXPANDED_USER",
    "FIXED_POINT",
    "GROUP",
    "GROUPS",
    "INTEGER",
    "LIST",
    "NOBODY",
    "OCTAL_INTEGER",
    "SIZE",
    "SWITCH",
    "TEXT",
    "TIME",
    "TIME_LIST",
    "USER",
    "USERS",
    "Around",
    "Kind",
    "Option",
    "People",
]
