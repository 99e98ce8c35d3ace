"""Every example in a docstring of the room is true, and the room can show itself."""

import doctest
import importlib
import pkgutil

import pytest

import labmail.mua

MODULES = [
    module.name
    for module in pkgutil.iter_modules(labmail.mua.__path__, "labmail.mua.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_room_shows_itself(capsys: pytest.CaptureFixture[str]) -> None:
    from labmail.mua.__main__ import main

    main()
    shown = capsys.readouterr().out
    assert 'map.png, image/png, 8 octets, the sender suggests "../map.png"' in shown
    assert "steal()" not in shown.partition("what the reader sees")[2]
