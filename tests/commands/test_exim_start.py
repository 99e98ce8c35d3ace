"""``labmail exim`` starts fast: what it loads is counted, and what it must not load is named."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    "argparse", "asyncio", "concurrent", "dataclasses", "datetime", "dns", "email", "hashlib",
    "importlib.metadata", "inspect", "ipaddress", "json", "logging", "pathlib", "pcre2", "random",
    "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "traceback", "unittest",
    "urllib", "zipfile", "IPython", "labmail.lab", "labmail.message", "labmail.mta",
    "labmail.world",
)  # fmt: skip
"""None of these is needed to expand a string."""
STANDARD = frozenset(
    ("__future__", "_sre", "collections", "copyreg", "enum", "errno", "functools", "itertools",
     "keyword", "operator", "os", "re", "reprlib", "string", "struct", "types", "typing",
     "contextlib", "_struct", "_string", "_collections", "_functools", "_operator", "_typing",
     "collections.abc", "gc", "re._casefix", "re._compiler", "re._constants", "re._parser", "time",
     "__editable___labmail", "unicodedata", "bisect", "_bisect", "importlib", "warnings",
     "importlib._bootstrap", "importlib._bootstrap_external", "_warnings", "pwd", "typing.io",
     "typing.re", "atexit")
)  # fmt: skip
"""What the road to ``-be`` may take from the standard library."""
REPORT = (
    "import sys; before = set(sys.modules); from labmail.commands.line import main; "
    "main({words!r}); print(*sorted(set(sys.modules) - before))"
)


@pytest.fixture(scope="module")
def configuration() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exim.conf"
        path.write_text(f"spool_directory = {folder}\ndomainlist here = a.test\nWHO = me\n")
        yield str(path)


def loaded(*words: str) -> list[str]:
    """The modules that a command line loads, beyond those of a bare Python."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {REPORT.format(words=['exim', *words])}"
    argv = [sys.executable, "-I", "-c", code]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()


def test_expanding_a_string_loads_a_few_dozen_modules(configuration: str) -> None:
    modules = loaded("-C", configuration, "-be", "${uc:WHO} ${if eq{a}{b}{yes}{no}}")
    assert not [name for name in HEAVY if name in modules]
    ours = [name for name in modules if name.startswith("labmail")]
    others = {name for name in modules if not name.startswith("labmail")}
    assert others <= STANDARD, sorted(others - STANDARD)
    assert 20 < len(ours) < 110, len(ours)


def test_no_room_but_its_own_is_entered(configuration: str) -> None:
    modules = loaded("-C", configuration, "-be", "x")
    rooms = {name.split(".")[1] for name in modules if name.startswith("labmail.")}
    assert rooms == {"commands", "exim"}


@pytest.mark.parametrize(
    ("string", "module"),
    [
        ("${sha256:a}", "hashlib"),
        ("${if match{a}{b}}", "labmail.exim.regex.library"),
        ("${if match_domain{a}{b}}", "labmail.exim.expansion.lists.names"),
        ("${lookup{a}lsearch{/etc/passwd}}", "labmail.exim.lookups.lsearch"),
    ],
)
def test_what_is_named_is_loaded_then(configuration: str, string: str, module: str) -> None:
    assert module not in loaded("-C", configuration, "-be", "x")
    assert module in loaded("-C", configuration, "-be", string)


def test_help_reads_no_configuration() -> None:
    modules = loaded("--help")
    engine = {name for name in modules if name.startswith("labmail.exim")}
    assert engine == {"labmail.exim", "labmail.exim.files"}


def test_printing_options_is_not_loaded_for_strings(configuration: str) -> None:
    assert "labmail.exim.options.printing" not in loaded("-C", configuration, "-be", "x")
    assert "labmail.exim.options.printing" in loaded("-C", configuration, "-bP", "queue_only")
