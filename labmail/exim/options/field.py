"""An option as it is written here: one line of a class, with its kind, its default and a sentence.

    class Redirect(Router):
        allow_fail = boolean(False, "The list may say :fail: and so refuse the address.")

The class is the whole truth about what a driver can be told. The reader takes the kinds from it,
`-bP` the order and the defaults, the documentation the sentences; and whoever does the driver's
work inherits the class, so that ``self.allow_fail`` is what the configuration says.

Law: Exim specification, §6.13 to §6.22 (kinds of values).

Try: ``Redirect({"allow_fail": True}).allow_fail``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from labmail.exim.config import kinds
from labmail.exim.config.kind import Around, Kind, Option
from labmail.exim.config.owners import ExpandedOwner
from labmail.exim.config.people import People
from labmail.exim.config.words import WordList, printable, read_text


class Field:
    """One option of a class. Asked of the class it is itself, asked of an object, the value."""

    __slots__ = ("again", "alias", "default", "kind", "meaning", "name")

    def __init__(
        self,
        kind: Kind,
        default: Any,
        meaning: str,
        *,
        alias: tuple[str, ...] = (),
        again: Callable[[str | None, str], str] | None = None,
    ) -> None:
        self.name = ""
        self.kind = kind
        self.default = default
        self.meaning = meaning
        self.alias = alias
        """Another name for these options: it can be set, and is not listed by itself."""
        self.again = again

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name.rstrip("_")

    def __get__(self, settings: Options | None, owner: type | None = None) -> Any:
        return self if settings is None else settings.values.get(self.name, self.default)

    @property
    def option(self) -> Option:
        """As the reader of configurations knows it."""
        return Option(self.name, self.kind, self.default, self.meaning, self.again)


class Options:
    """A table of options. ``values`` holds those that were set; the others have their defaults."""

    fields: ClassVar[dict[str, Field]] = {}
    """Everything that can be set, by name, in the order of the alphabet: it is that of `-bP`."""

    def __init_subclass__(cls, **words: Any) -> None:
        super().__init_subclass__(**words)
        every = {
            field.name: field
            for base in reversed(cls.__mro__)
            for field in vars(base).values()
            if isinstance(field, Field)
        }
        cls.fields = dict(sorted(every.items()))

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values = dict(values or {})

    @classmethod
    def options(cls) -> dict[str, Option]:
        """For the reader of configurations."""
        return {name: field.option for name, field in cls.fields.items()}


class ExpandedTime(Kind):
    """A time, or a text that is expanded to one each time it is needed."""

    name = "expanded time"

    def read(self, text: str, option: str, around: Around) -> Any:
        kind = kinds.TEXT if "$" in text else kinds.TIME
        return kind.read(text, option, around)

    def show(self, option: str, value: Any, people: People) -> str:
        if isinstance(value, str):
            return f"{option} = {printable(value)}"
        return kinds.TIME.show(option, value, people)


class Uid(int):
    """The number of a user that was written by name: ``gid`` is the user's own group."""

    gid: int


class ExpandedUser(ExpandedOwner):
    """A driver's user. Named, it brings its group along."""

    def read(self, text: str, option: str, around: Around) -> Any:
        value = super().read(text, option, around)
        person = around.people.user(read_text(text, option))
        if person is not None and value == person.uid:
            value = Uid(value)
            value.gid = person.gid
        return value


class NamedList(WordList):
    """A list whose items are of one sort, which decides how an item is compared."""

    def __init__(self, of: str) -> None:
        self.name = f"{of} list"


EXPANDED_TIME = ExpandedTime()
EXPANDED_USER = ExpandedUser(kinds.USER)
DOMAINS, HOSTS, ADDRESSES = NamedList("domain"), NamedList("host"), NamedList("address")
LOCAL_PARTS = NamedList("local part")


def boolean(default: bool, meaning: str, **more: Any) -> Field:
    return Field(kinds.SWITCH, default, meaning, **more)


def flexible(default: bool | str, meaning: str, **more: Any) -> Field:
    """A switch that may be a text, expanded when it is asked."""
    return Field(kinds.EXPANDED_SWITCH, default, meaning, **more)


def text(default: str | None, meaning: str, **more: Any) -> Field:
    """Taken as it stands."""
    return Field(kinds.TEXT, default, meaning, **more)


def expanded(default: str | None, meaning: str, **more: Any) -> Field:
    """A text that is expanded each time it is used."""
    return Field(kinds.EXPANDED, default, meaning, **more)


def string_list(default: str | None, meaning: str, **more: Any) -> Field:
    """A list of plain words."""
    return Field(kinds.LIST, default, meaning, **more)


def domain_list(default: str | None, meaning: str, **more: Any) -> Field:
    return Field(DOMAINS, default, meaning, **more)


def host_list(default: str | None, meaning: str, **more: Any) -> Field:
    return Field(HOSTS, default, meaning, **more)


def address_list(default: str | None, meaning: str, **more: Any) -> Field:
    return Field(ADDRESSES, default, meaning, **more)


def local_part_list(default: str | None, meaning: str, **more: Any) -> Field:
    return Field(LOCAL_PARTS, default, meaning, **more)


def integer(default: int, meaning: str, **more: Any) -> Field:
    return Field(kinds.INTEGER, default, meaning, **more)


def octal(default: int, meaning: str, **more: Any) -> Field:
    """The mode of a file."""
    return Field(kinds.OCTAL_INTEGER, default, meaning, **more)


def size(default: int, meaning: str, **more: Any) -> Field:
    """In octets; shown in K or M."""
    return Field(kinds.SIZE, default, meaning, **more)


def disk_size(default: int, meaning: str, **more: Any) -> Field:
    """In kilobytes."""
    return Field(kinds.DISK_SIZE, default, meaning, **more)


def fixed_point(meaning: str, **more: Any) -> Field:
    """In thousandths; below zero: not set."""
    return Field(kinds.FIXED_POINT, -1, meaning, **more)


def time(default: int, meaning: str, **more: Any) -> Field:
    """In seconds."""
    return Field(kinds.TIME, default, meaning, **more)


def expanded_time(default: int, meaning: str, **more: Any) -> Field:
    return Field(EXPANDED_TIME, default, meaning, **more)


def time_list(default: list[int], meaning: str, **more: Any) -> Field:
    return Field(kinds.TIME_LIST, default, meaning, **more)


def user(meaning: str, **more: Any) -> Field:
    return Field(kinds.USER, None, meaning, **more)


def group(meaning: str, **more: Any) -> Field:
    return Field(kinds.GROUP, None, meaning, **more)


def user_list(meaning: str, **more: Any) -> Field:
    return Field(kinds.USERS, None, meaning, **more)


def group_list(meaning: str, **more: Any) -> Field:
    return Field(kinds.GROUPS, None, meaning, **more)


def expanded_user(meaning: str, **more: Any) -> Field:
    return Field(EXPANDED_USER, None, meaning, **more)


def expanded_group(meaning: str, **more: Any) -> Field:
    return Field(kinds.EXPANDED_GROUP, None, meaning, **more)
