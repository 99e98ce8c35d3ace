"""Every option, every way of printing, every mistake: the answers of the real program, recorded.

`record.py` asks it anew. The tests in `test_original.py` ask again where it is installed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labmail.exim.options.drivers import SECTIONS, driver_names
from labmail.exim.options.main import Main
from tests.exim.options import chances
from tests.exim.options.asking import ours
from tests.exim.options.probes import MISSING, UNASKED, Probe, block, probes
from tests.exim.options.questions import FORMS, FORMS_OF, MISTAKES

DATA = Path(__file__).parent / "data"


def recorded(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text())


DEFAULTS = recorded("defaults")
VALUES = recorded("values")
BY_CHANCE = recorded("by_chance")
DRIVERS = [(section, driver) for section in SECTIONS for driver in DEFAULTS[section]]
KNOWN = {*DEFAULTS["main"], *DEFAULTS["macros"]}.union(
    *(DEFAULTS[section][driver] for section, driver in DRIVERS)
)
"""Lines that are printed where nothing is set."""


def test_defaults_of_main_options() -> None:
    assert ours("", ["all"]).text.splitlines() == DEFAULTS["main"]


@pytest.mark.parametrize(("section", "driver"), DRIVERS)
def test_defaults_of_drivers(section: str, driver: str) -> None:
    answer = ours(block(section, driver), [section[:-1], "x"])
    assert answer.text.splitlines() == DEFAULTS[section][driver]


def test_every_driver_is_recorded() -> None:
    for section in SECTIONS:
        assert {*driver_names(section)} - {*MISSING} == {*DEFAULTS[section]}


def test_predefined_macros() -> None:
    assert ours("", ["macros"]).text.splitlines() == DEFAULTS["macros"]


@pytest.mark.parametrize("alike", VALUES, ids=[group["options"][0] for group in VALUES])
def test_values_of_each_option(alike: dict[str, Any]) -> None:
    for where in alike["options"]:
        *driver, name = where.split(" ")
        probe = Probe(*(driver or ("", "")), name)
        for value, answer in alike["answers"].items():
            assert probe.answer(value) == answer, f"{where} = {value}"


def test_each_option_is_recorded() -> None:
    asked = {
        " ".join(filter(None, (probe.section, probe.driver, probe.name))) for probe in probes()
    }
    assert asked == {where for alike in VALUES for where in alike["options"]}
    unasked = {*UNASKED, "spool_directory", "log_file_path", "keep_environment", "primary_hostname"}
    assert {*Main.fields} - asked == unasked


@pytest.mark.parametrize("seed", range(len(BY_CHANCE)))
def test_configurations_by_chance(seed: int) -> None:
    answer = ours(*chances.write(seed))
    shown = [line for line in answer.text.splitlines() if line not in KNOWN]
    assert (answer.error or shown) == BY_CHANCE[seed]


def test_enough_of_chance_is_right() -> None:
    assert sum(isinstance(answer, list) for answer in BY_CHANCE) > len(BY_CHANCE) / 3


@pytest.mark.parametrize(
    ("words", "text", "error", "code"), recorded("forms"), ids=[" ".join(form) for form in FORMS]
)
def test_forms_of_printing(words: list[str], text: str, error: str, code: int) -> None:
    answer = ours(FORMS_OF, words)
    assert (answer.text, answer.code) == (text, code)


def test_mistakes_are_those_that_were_asked() -> None:
    assert [text for text, _ in recorded("mistakes")] == MISTAKES


@pytest.mark.parametrize(("text", "error"), recorded("mistakes"), ids=range(len(MISTAKES)))
def test_mistakes(text: str, error: str) -> None:
    assert ours(text, ["queue_only"]).error == error
