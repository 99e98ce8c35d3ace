"""One ES module out of many: how the JavaScript of a widget gets into the page.

The modules are written as the language has them, each with its imports and exports, so that they
can be read, and tried in a browser, as they are. A notebook wants a single text. So they are put
one behind the other, those that are needed first, without the lines that name each other::

    import { el } from "../../kit/dom.js";       →   (gone: it stands above)
    export function chart(…) { … }               →   function chart(…) { … }

Nothing is renamed; so two modules may not use one name at their top level, and `join` says so.
What begins a module as a comment stays in its file: the page does not carry it.

Try: ``print(join(Path("journey/js/main.js")))``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "(?P<path>\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|let|class)\b)", re.MULTILINE)
_DEFINED = re.compile(r"^(?:export )?(?:async function\*?|function\*?|const|let|class) (\w+)", re.M)
_HEAD = re.compile(r"\A/\*.*?\*/\s*", re.DOTALL)


def join(entry: Path, constants: Mapping[str, object] | None = None) -> str:
    """The module ``entry`` and all that it imports, as one; ``constants`` are defined before it.

    Raises ValueError where two modules define the same name.
    """
    parts = [f"const {name} = {json.dumps(value)};" for name, value in (constants or {}).items()]
    owners = {name: Path("constants") for name in constants or {}}
    for path in _in_order(entry):
        source = path.read_text(encoding="utf-8")
        for name in _DEFINED.findall(source):
            if name in owners:
                raise ValueError(f"{path.name} and {owners[name].name} both define {name}")
            owners[name] = path
        parts.append(_EXPORT.sub("", _IMPORT.sub("", _HEAD.sub("", source))).strip())
    return "\n\n".join(parts) + "\n"


def _in_order(entry: Path, seen: set[Path] | None = None) -> Iterator[Path]:
    """Every module once, behind those that it imports."""
    seen = set() if seen is None else seen
    entry = entry.resolve()
    if entry in seen:
        return
    seen.add(entry)
    for found in _IMPORT.finditer(entry.read_text(encoding="utf-8")):
        yield from _in_order(entry.parent / found["path"], seen)
    yield entry


def sheet(*paths: Path) -> str:
    """Style sheets, one behind the other."""
    return "\n".join(_HEAD.sub("", path.read_text(encoding="utf-8")).strip() for path in paths)


def safe_json(value: object) -> str:
    """JSON that may stand in a ``script`` element: no ``<`` can end it or begin another.

    >>> safe_json({"subject": "</script><b>"})
    '{"subject": "\\\\u003c/script>\\\\u003cb>"}'
    """
    text = json.dumps(value, ensure_ascii=True)
    return text.replace("<", "\\u003c")
