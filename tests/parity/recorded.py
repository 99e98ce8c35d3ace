"""The recorded answers (data/README.md): reading them, and laying out the files that they need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

Recorded = dict[str, Any]


def load(name: str) -> Recorded:
    """``be``, ``macro`` or ``bp``."""
    read: Recorded = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return read


def text(lines: list[str] | str | None) -> str:
    """What is written as a list of lines, as one text."""
    return "\n".join(lines) if isinstance(lines, list) else lines or ""


def lay_out(folder: Path, configuration: list[str], files: dict[str, Any]) -> Path:
    """Writes a configuration and its files; gives the configuration's path."""
    (folder / "spool").mkdir(exist_ok=True)
    for path in (folder, folder / "spool"):
        path.chmod(0o777)  # Exim gives up its rights and still writes its logs
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_text(filled(text(content), folder), "utf-8")
    written = folder / "exim.conf"
    written.write_text(filled(text(configuration), folder), "utf-8")
    return written


def filled(text: str, folder: Path) -> str:
    return text.replace("{DIR}", str(folder))


def latin(text: str) -> str:
    """UTF-8 as the engines take it and give it: one character an octet."""
    return text.encode("utf-8").decode("latin-1")
