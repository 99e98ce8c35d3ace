"""A new router, transport or event is like its siblings: CONTRIBUTING.md ends in these tests.

They find whatever lies in the folders, so a new one is tried without being named here.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import get_args

import pytest

import labmail
from labmail.exim.options import VOCABULARY
from labmail.trace import Event, Role

DRIVERS = {"labmail.mta.transports": "Transport"}


def classes(module: ModuleType) -> Iterator[type]:
    """The classes that a module defines itself."""
    for value in vars(module).values():
        if inspect.isclass(value) and value.__module__ == module.__name__:
            yield value


def drivers() -> Iterator[tuple[ModuleType, type]]:
    """Every driver class of every folder of drivers, with the module that holds it."""
    for folder, base_name in DRIVERS.items():
        package = importlib.import_module(folder)
        base = getattr(package, base_name)
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{folder}.{found.name}")
            for kind in classes(module):
                if issubclass(kind, base) and kind is not base:
                    yield module, kind


@pytest.mark.parametrize(
    ("module", "kind"),
    [pytest.param(*found, id=found[1].__name__) for found in drivers()],
)
class TestDrivers:
    """A driver is a file; its options are declared in a file of the same name."""

    def test_its_file_is_called_like_it(self, module: ModuleType, kind: type) -> None:
        driver = module.__name__.rpartition(".")[2]
        assert kind.__name__.lower() == f"{driver}transport"

    def test_its_options_are_declared_for_it(self, module: ModuleType, kind: type) -> None:
        driver = module.__name__.rpartition(".")[2]
        assert VOCABULARY.driver("transports", driver)

    def test_it_is_one_word_of_its_folder(self, module: ModuleType, kind: type) -> None:
        package = importlib.import_module(module.__name__.rpartition(".")[0])
        assert kind.__name__ in package.__all__

    def test_its_head_names_the_law(self, module: ModuleType, kind: type) -> None:
        assert re.search(r"Law: .*(Exim|RFC)", module.__doc__ or "", re.DOTALL)


def events() -> Iterator[type[Event]]:
    """Every event class of every room's ``events.py``."""
    for room in pkgutil.iter_modules(labmail.__path__):
        try:
            module = importlib.import_module(f"labmail.{room.name}.events")
        except ModuleNotFoundError:
            continue
        for kind in classes(module):
            if issubclass(kind, Event) and not inspect.isabstract(kind) and subclassed(kind):
                yield kind


def subclassed(kind: type[Event]) -> bool:
    """Is this an event that is told, not one that only holds what others have in common?"""
    return not kind.__subclasses__()


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.__name__) for kind in events()])
class TestEvents:
    """An event is its fields and the sentence that a student reads."""

    def test_it_is_frozen_and_carries_no_dictionary(self, kind: type[Event]) -> None:
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert "__slots__" in vars(kind)

    def test_it_says_what_it_is(self, kind: type[Event]) -> None:
        assert kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}(")

    def test_it_has_one_of_the_five_roles_and_a_component(self, kind: type[Event]) -> None:
        if kind.step:
            assert isinstance(kind.role, property) or kind.role in get_args(Role)
            assert kind.component

    def test_a_step_asks_and_answers(self, kind: type[Event]) -> None:
        if kind.step:
            assert kind.question is not Event.question, "what was to be found out or done?"
            assert kind.answer is not Event.answer, "what came of it?"
