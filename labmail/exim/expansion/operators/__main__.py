"""The chapter at work: ``python -m labmail.exim.expansion.operators [NAME [TEXT]]``.

Without words, what each operator does; with a name, all that its docstring tells; with a text, the
answer.
"""

from __future__ import annotations

import inspect
import sys

from labmail.exim.errors import ExpansionFailed
from labmail.exim.expansion.context import Context
from labmail.exim.files import RealFiles

from . import FAMILIES, find


class Middle:
    """Chance, for a chapter that says the same each time: it always falls in the middle."""

    def randrange(self, below: int) -> int:
        return below // 2


def contents() -> str:
    """Every operator and its meaning, family by family."""
    lines = []
    for family, names in FAMILIES.items():
        lines.append(f"\n{family}")
        known: dict[str, list[str]] = {}
        for name in names.split():
            operator, _ = find(name) or sys.exit(name)
            known.setdefault(operator.meaning, []).append(name)
        lines += [f"  {', '.join(names):28} {meaning}" for meaning, names in known.items()]
    return "\n".join(lines).strip()


def answer(written: str, text: str) -> str:
    """What an operator makes of a text; in both, octets above 127 are Latin-1."""
    found = find(written)
    if found is None:
        return f'unknown expansion operator "{written}"'
    operator, argument = found
    context = Context(files=RealFiles(), chance=Middle())
    try:
        return operator(text, argument, context)
    except ExpansionFailed as failed:
        return f"Failed: {failed.message}"


def main(words: list[str]) -> None:
    """The contents, a docstring or an answer."""
    if not words:
        print(contents())
    elif len(words) > 1:
        text = " ".join(words[1:]).encode().decode("latin-1")
        print(answer(words[0], text).encode("latin-1").decode("utf-8", "backslashreplace"))
    elif found := find(words[0]):
        print(inspect.getdoc(found[0].function))
    else:
        print(f'unknown expansion operator "{words[0]}"')


if __name__ == "__main__":
    main(sys.argv[1:])
