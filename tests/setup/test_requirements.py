"""pyproject.toml, requirements.lock and environment.yml name the same things."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text()

CONDA_NAMES: dict[str, str] = {}
"""{our name: conda-forge's name} where the two differ. None does today: the extra of
``psycopg[binary]`` falls away, since every package of conda is built already."""

ONLY_PIP = {"pcre2"}
"""conda-forge's package of this name is the library itself and not its door to Python:
``pip install -e .`` brings that."""


def named(lines: list[str]) -> dict[str, SpecifierSet]:
    """{name: range} of requirement lines; both worlds read "name >=1,<2"."""
    wanted = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one.specifier for one in wanted}


def locked() -> dict[str, Version]:
    """{name: version} of the lock file."""
    found = re.findall(r"^([\w.-]+)==([^;\s]+)", LOCK, re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in found}


def test_the_lock_holds_every_dependency_within_its_range() -> None:
    versions = locked()
    for name, wanted in named(PROJECT["dependencies"] + EXTRAS["test"]).items():
        assert versions[name] in wanted, f"{name}: make lock"


def test_every_line_of_the_lock_has_hashes() -> None:
    blocks = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    for block in blocks:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


def test_the_lock_names_no_index_and_no_path() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^(-|.*--(index|find|extra))", LOCK, re.MULTILINE)


def test_the_build_backend_is_locked_so_that_nothing_is_resolved_twice() -> None:
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    versions = locked()
    for name, wanted in named([*backend, "editables"]).items():
        assert versions[name] in wanted


def test_conda_gets_the_same_packages_in_the_same_ranges() -> None:
    twin = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = named([line for line in twin["dependencies"] if isinstance(line, str)])
    assert conda.pop("pip") == SpecifierSet("")
    assert conda.pop("python") == SpecifierSet(PROJECT["requires-python"])
    ours = named(PROJECT["dependencies"] + EXTRAS["test"] + EXTRAS["postgres"])
    assert conda == {
        CONDA_NAMES.get(name, name): wanted for name, wanted in ours.items() if name not in ONLY_PIP
    }


def test_conda_takes_labmail_itself_from_this_folder_and_nothing_else_from_pip() -> None:
    twin = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert [part for part in twin["dependencies"] if isinstance(part, dict)] == [{"pip": ["-e ."]}]


def test_the_extras_are_there() -> None:
    assert set(EXTRAS) == {"test", "fast", "postgres"}
