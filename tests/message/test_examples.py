"""Every example in a docstring of the room is true."""

import doctest
import importlib
import pkgutil

import pytest

import labmail.message

MODULES = [
    module.name
    for module in pkgutil.iter_modules(labmail.message.__path__, "labmail.message.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_room_shows_itself(capsys: pytest.CaptureFixture[str]) -> None:
    from labmail.message.__main__ import main

    main([])
    assert "carol@ask.com gets a copy without being named" in capsys.readouterr().out
