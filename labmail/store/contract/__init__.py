"""The promises of a message store, as a test that any store can be put through: yours too.

Each ``test_…`` method is one promise, named by its docstring. Say how your store is made, and
either let pytest collect the class, or ask for a list of the promises that it breaks::

    class TestMine(StoreContract):
        def make(self, files, world):
            return MyStore(files)

    print(check(TestMine()))

What a promise is broken by is told in the words of the assertion, so no test program is needed to
understand it. Crashes and power cuts are not among the promises here, since they need to know how a
store writes; ``tests/store`` has them for the stores of this package.

Try: ``python -m labmail.store.contract``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from .case import Case, new_case
from .ours import MaildirContract, MboxContract
from .promises import StoreContract

__all__ = ["Case", "MaildirContract", "MboxContract", "StoreContract", "check", "new_case"]


def check(contract: StoreContract) -> dict[str, str]:
    """The promises that a store breaks, each with the words that say how; empty if it keeps all."""
    broken = {}
    for name in dir(contract):
        if name.startswith("test_"):
            with tempfile.TemporaryDirectory() as root, new_case(contract, Path(root)) as case:
                try:
                    getattr(contract, name)(case)
                except Exception as problem:
                    broken[name] = f"{type(problem).__name__}: {problem}"
    return broken
