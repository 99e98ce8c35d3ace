"""work/: the student's own copy of the notebooks, never overwritten.

``notebooks/`` belongs to the project: ``git pull`` changes it. What a student writes lies in
``work/``, which git does not see and ``make clean`` does not touch. At each start:

    in notebooks/   in work/                              what happens
    new             not there                             copied
    changed         as it was copied (never saved)        refreshed
    changed         changed too                           left alone, and said so
    gone            whatever                              left alone

Deleting a file in ``work/`` brings a fresh copy at the next start. What was copied is remembered,
as SHA-256, in ``work/.lab/copied.json``.

Try: ``python3 -m starting.work`` (copies, like ``make lab``, and opens nothing).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from starting.isolation import write_json
from starting.trouble import Trouble


@dataclass
class Refreshed:
    """What a start did to ``work/``: names relative to it."""

    copied: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """There is a newer one in ``notebooks/``, but the student has changed hers: hers stays."""


def refresh(notebooks: Path, work: Path) -> Refreshed:
    """Bring what is new in ``notebooks`` into ``work``; never write over a student's own file."""
    done = Refreshed()
    try:
        (work / ".lab").mkdir(parents=True, exist_ok=True, mode=0o700)
        copied = remembered(work)
        for name in names(notebooks):
            _one(name, notebooks / name, work / name, copied, done)
        write_json(work / ".lab/copied.json", copied)
    except OSError as error:
        raise Trouble(
            f"{error.filename or work} cannot be written ({error.strerror}).",
            f"look at it: ls -la {work}",
            "whatever stands in the way: move it, then call this again; your own files stay",
        ) from error
    return done


def _one(name: str, new: Path, mine: Path, copied: dict[str, str], done: Refreshed) -> None:
    """Decide about one file, by the table at the head of this chapter."""
    fresh = digest(new)
    if not os.path.lexists(mine):
        done.copied.append(name)
    elif copied.get(name) == fresh or digest(mine) == fresh:
        copied[name] = fresh
        return
    elif name in copied and digest(mine) == copied[name]:
        done.renewed.append(name)
    else:
        done.kept.append(name)
        return
    _copy(new, mine)
    copied[name] = fresh


def names(notebooks: Path) -> Iterator[str]:
    """The files that a student gets: not the sources (they hold the solutions), nothing hidden,
    nothing that tools leave behind."""
    for path in sorted(notebooks.rglob("*")):
        parts = path.relative_to(notebooks).parts
        hidden = any(part.startswith((".", "__")) for part in parts)
        if path.is_file() and not hidden and parts[0] != "source":
            yield "/".join(parts)


def remembered(work: Path) -> dict[str, str]:
    """What earlier starts copied: {name: SHA-256}. A damaged list means: nothing is known."""
    try:
        found = json.loads((work / ".lab/copied.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def digest(path: Path) -> str:
    """SHA-256 of a file's content; empty for what is no readable file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _copy(new: Path, mine: Path) -> None:
    """Whole or not at all: an interrupted start leaves no half notebook."""
    mine.parent.mkdir(parents=True, exist_ok=True)
    fresh = mine.with_name(f".{mine.name}.new")
    shutil.copyfile(new, fresh)
    os.replace(fresh, mine)


if __name__ == "__main__":
    print(refresh(Path("notebooks"), Path("work")))
