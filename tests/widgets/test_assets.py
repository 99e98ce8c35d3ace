"""Many modules become one, and nothing in it can be led astray."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from labmail.widgets import assets
from labmail.widgets.assets import join, safe_json
from labmail.widgets.journey.widget import CSS, ESM

WIDGETS = Path(assets.__file__).parent
MODULES = sorted(WIDGETS.rglob("*.js"))


def write(folder: Path, **modules: str) -> Path:
    for name, source in modules.items():
        (folder / f"{name}.js").write_text(source)
    return folder / "main.js"


def test_each_module_comes_once_and_behind_those_that_it_needs(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        low='/* Low. */\nexport const low = "L";\n',
        mid='import { low } from "./low.js";\nexport function mid() { return low + "M"; }\n',
        main='import { low } from "./low.js";\nimport { mid } from "./mid.js";\nconst m = 1;\n'
        "export default m;\n",
    )
    one = join(entry)
    assert one.count('const low = "L"') == 1
    assert one.index("const $low") < one.index("const $mid") < one.index("const m = 1")
    assert "import" not in one and "Low." not in one
    assert one.endswith("export default m;\n")


def test_names_that_are_not_exported_are_private(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        a="const FEW = 1;\nexport function a() { return FEW; }\n",
        b="const FEW = 2;\nexport function b() { return FEW; }\n",
        main='import { a } from "./a.js";\nimport { b } from "./b.js";\nexport default a;\n',
    )
    assert join(entry).count("return { a };") == join(entry).count("return { b };") == 1


def test_a_circle_is_refused(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        a='import { b } from "./main.js";\nexport const a = 1;\n',
        main='import { a } from "./a.js";\nexport const b = 2;\n',
    )
    with pytest.raises(ValueError, match=r"main\.js imports itself, by way of a\.js"):
        join(entry)


def test_constants_are_known_to_all(tmp_path: Path) -> None:
    assert join(write(tmp_path, main="export default PATHS;\n"), {"PATHS": {"a": 1}}) == (
        'const PATHS = {"a": 1};\n\nexport default PATHS;\n'
    )


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "\u2028</SCRIPT >", "\ud800"])
def test_json_in_a_page_cannot_end_its_element(text: str) -> None:
    assert "<" not in safe_json([text])
    assert json.loads(safe_json([text])) == [text]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_module_says_what_it_is_and_writes_no_markup(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    assert source.startswith("/* ")
    assert len(source.splitlines()) <= 250
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in source.replace("there is no innerHTML", "")


def test_what_the_page_gets_loads_nothing_and_ends_nothing() -> None:
    for text in (ESM, CSS):
        assert "</" not in text
        addresses = set(re.findall(r"https?://[\w.]+", text))
        assert addresses <= {"http://www.w3.org"}  # the name of SVG
        assert not re.search(
            r"\bfetch\(|@import|url\((?!#)|importScripts|XMLHttpRequest", text.replace("url(#", "")
        )
