"""One ES module out of many: how the JavaScript of a widget gets into the page.

The modules are written as the language has them, each with its imports and exports, so that they
can be read, and tried in a browser, as they are. A notebook wants a single text. So each becomes a
function that is called once and gives what it exports, those that are needed first; names that are
not exported stay private, as in any module::

    /* kit/dom.js */                                const $dom = (() => {
    export function el(…) { … }                       function el(…) { … }
                                            →         return { el };
                                                    })();
    /* journey/js/chart.js */                       const $chart = (() => {
    import { el } from "../../kit/dom.js";            const { el } = $dom;

The entry itself stays as it is, ``export default`` included. What begins a module as a comment
stays in its file: the page does not carry it.

Try: ``print(join(Path("journey/js/main.js")))``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_IMPORT = re.compile(r'^import \{(?P<names>[^}]*)\} from "(?P<path>\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|let|class)\b)", re.MULTILINE)
_NAME = re.compile(r"^export (?:async function\*?|function\*?|const|let|class) (\w+)", re.MULTILINE)
_HEAD = re.compile(r"\A/\*.*?\*/\s*", re.DOTALL)


def join(entry: Path, constants: Mapping[str, object] | None = None) -> str:
    """The module ``entry`` and all that it imports, as one; ``constants`` are known to each.

    Raises ValueError where two modules have the same file name, or import each other in a circle.
    """
    parts = [f"const {name} = {json.dumps(value)};" for name, value in (constants or {}).items()]
    paths = list(_in_order(entry.resolve(), ()))
    names = {_object(path) for path in paths}
    if len(names) < len(paths):
        raise ValueError("two modules of a widget have the same file name")
    parts += [_module(path) for path in paths[:-1]]
    return "\n\n".join([*parts, _body(paths[-1])]) + "\n"


def _in_order(path: Path, above: tuple[Path, ...], seen: set[Path] | None = None) -> Iterator[Path]:
    """Every module once, behind those that it imports."""
    seen = set() if seen is None else seen
    if path in above:
        raise ValueError(f"{path.name} imports itself, by way of {above[-1].name}")
    if path in seen:
        return
    seen.add(path)
    for found in _IMPORT.finditer(path.read_text(encoding="utf-8")):
        yield from _in_order((path.parent / found["path"]).resolve(), (*above, path), seen)
    yield path


def _module(path: Path) -> str:
    exported = ", ".join(_NAME.findall(path.read_text(encoding="utf-8")))
    return f"const {_object(path)} = (() => {{\n{_body(path)}\nreturn {{ {exported} }};\n}})();"


def _body(path: Path) -> str:
    """The source, with what it imports taken from the objects of the other modules."""
    source = _HEAD.sub("", path.read_text(encoding="utf-8"))

    def taken(found: re.Match[str]) -> str:
        return f"const {{{found['names']}}} = {_object(path.parent / found['path'])};\n"

    return _EXPORT.sub("", _IMPORT.sub(taken, source)).strip()


def _object(path: Path) -> str:
    return "$" + re.sub(r"\W", "_", path.stem)


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
