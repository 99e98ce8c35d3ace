"""Every example in a docstring of the room is true."""

import doctest
import importlib
import pkgutil

import pytest

import labmail.mda

MODULES = [m.name for m in pkgutil.walk_packages(labmail.mda.__path__, "labmail.mda.")]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
