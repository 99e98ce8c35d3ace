"""Every example in a docstring of the room is true."""

import doctest
import importlib
import pkgutil

import pytest

import labmail.widgets

MODULES = [m.name for m in pkgutil.walk_packages(labmail.widgets.__path__, "labmail.widgets.")]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
