"""Asks the real program everything that the tests of options ask, and keeps its answers.

    python -m tests.exim.options.record

Needs exim4, as root. What is written is read by the tests beside this file.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.exim.options import chances
from tests.exim.options.asking import theirs
from tests.exim.options.probes import MISSING, VALUES, block, probes
from tests.exim.options.questions import FORMS, FORMS_OF, MISTAKES

DATA = Path(__file__).parent / "data"
SEEDS = range(300)


def defaults(folder: Path) -> Any:
    """What is printed where nothing is set."""
    from labmail.exim.options.drivers import SECTIONS, driver_names

    drivers: dict[str, dict[str, list[str]]] = {}
    for section in SECTIONS:
        drivers[section] = {
            driver: theirs(block(section, driver), [section[:-1], "x"], folder).text.splitlines()
            for driver in sorted(set(driver_names(section)) - set(MISSING))
        }
    return {
        "main": theirs("", ["all"], folder).text.splitlines(),
        **drivers,
        "macros": theirs("", ["macros"], folder).text.splitlines(),
    }


def values(folder: Path) -> Any:
    """What comes of each value, and for which options it is the same."""
    alike = defaultdict(list)
    for probe in probes():
        answers = {value: probe.answer(value, folder, original=True) for value in VALUES}
        where = " ".join(filter(None, (probe.section, probe.driver, probe.name)))
        alike[json.dumps(answers)].append(where)
    return [{"options": where, "answers": json.loads(told)} for told, where in alike.items()]


def by_chance(folder: Path) -> Any:
    """The answer to each configuration of chance: the lines that are not those of the defaults."""
    known = {line for lines in _flat(defaults(folder)) for line in lines}
    recorded = []
    for seed in SEEDS:
        answer = theirs(*chances.write(seed), folder)
        shown = [line for line in answer.text.splitlines() if line not in known]
        recorded.append(answer.error or shown)
    return recorded


def forms(folder: Path) -> Any:
    """Each way of asking with -bP."""
    return [[words, *theirs(FORMS_OF, words, folder)] for words in FORMS]


def mistakes(folder: Path) -> Any:
    return [[text, theirs(text, ["queue_only"], folder).error] for text in MISTAKES]


def _flat(found: Any) -> list[list[str]]:
    if isinstance(found, list):
        return [found]
    return [lines for value in found.values() for lines in _flat(value)]


RECORDS: dict[str, Callable[[Path], Any]] = {
    "defaults": defaults,
    "values": values,
    "by_chance": by_chance,
    "forms": forms,
    "mistakes": mistakes,
}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        for record, ask in RECORDS.items():
            (DATA / f"{record}.json").write_text(_json(ask(folder)))
            print(record)


def _json(found: Any) -> str:
    """A line for each item: a change can be read."""
    if isinstance(found, list):
        return "[\n" + ",\n".join(json.dumps(item) for item in found) + "\n]\n"
    return json.dumps(found, indent=0) + "\n"


if __name__ == "__main__":
    main()
