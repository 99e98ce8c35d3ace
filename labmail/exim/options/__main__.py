"""What can be set, with a sentence for each.

python -m labmail.exim.options                      every main option
python -m labmail.exim.options smtp_banner tls      those whose names hold one of these words
python -m labmail.exim.options routers/redirect     a driver's own options
python -m labmail.exim.options routers/generic      what all routers have
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from labmail.exim.config.people import NOBODY
from labmail.exim.options.drivers import SECTIONS, driver_class, driver_names, generic_class
from labmail.exim.options.field import Field, Options
from labmail.exim.options.main import Main


def fields(words: Iterable[str]) -> Iterator[Field]:
    """The options that the words ask for. Raises KeyError if there is no such driver."""
    for word in words:
        section, slash, driver = word.partition("/")
        if slash:
            yield from _own(section, driver).values()
        else:
            yield from (field for name, field in Main.fields.items() if word in name)


def _own(section: str, driver: str) -> dict[str, Field]:
    if section not in SECTIONS or driver not in (*driver_names(section), "generic"):
        raise KeyError(f"{section}/{driver}")
    generic: type[Options] = generic_class(section)
    if driver == "generic":
        return generic.fields
    own = driver_class(section, driver).fields
    return {name: field for name, field in own.items() if field is not generic.fields.get(name)}


def told(field: Field) -> str:
    """Name, kind and default, and below them what it means."""
    shown = field.kind.show(field.name, field.default, NOBODY)
    return f"{shown}    ({field.kind.name})\n    {field.meaning}"


def main(words: list[str]) -> int:
    try:
        for field in fields(words or [""]):
            print(told(field))
    except KeyError as error:
        print(f"there is no driver {error.args[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
