"""The examples in the docstrings are tests."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import labmail.exim.routing as room

MODULES = [
    module.name
    for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    if not module.ispkg
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    failed, _ = doctest.testmod(import_module(name))
    assert not failed
