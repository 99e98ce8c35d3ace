"""Every example in a docstring of the room is true."""

import doctest
import importlib
import pkgutil

import pytest

import labmail.mta

MODULES = [m.name for m in pkgutil.walk_packages(labmail.mta.__path__, "labmail.mta.")]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
