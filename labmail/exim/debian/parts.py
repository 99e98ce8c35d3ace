"""From the tree of files to one text, or from the one file that holds it all.

Split (``dc_use_split_config='true'``), the folders of conf.d are read in the order main, acl,
router, transport, retry, rewrite, auth, and the files of each in the order of their names. A name
has letters, digits, underscores and hyphens only, so that an editor's backup does not count; where
there is ``NAME.rul`` beside ``NAME``, it is read instead. Unsplit, it is ``exim4.conf.template``,
with ``exim4.conf.localmacros`` in front of it if there is one.

Law: update-exim4.conf(8), "Description".
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator

from labmail.exim.files import Files

SECTIONS = ("main", "acl", "router", "transport", "retry", "rewrite", "auth")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_RULE = "#" * 53


def names(files: Files, folder: str) -> Iterator[str]:
    """The files of a folder that count, as paths, in their order."""
    for name in sorted(files.listdir(folder)):
        path = f"{folder}/{name}"
        if _NAME.fullmatch(name) and _is_file(files, path):
            yield f"{path}.rul" if _is_file(files, f"{path}.rul") else path


def ignored(files: Files, folder: str) -> Iterator[str]:
    """The files of a folder that do not count, and are told to whoever wants to hear."""
    for name in sorted(files.listdir(folder)):
        base = name.removesuffix(".rul")
        if not _NAME.fullmatch(base) and _is_file(files, f"{folder}/{name}"):
            yield f"{folder}/{name}"


def split(files: Files, confd: str, *, marked: bool) -> str:
    """The text of the tree. ``marked``: comments say where each section begins and ends."""
    parts = []
    for section in SECTIONS:
        body = "".join(_framed(files, path) for path in names(files, f"{confd}/{section}"))
        head, foot = f"# begin processing {section} #####\n", f"# end of {section}  #####\n"
        parts.append(f"{head}{body}{foot}" if marked else body)
    return "".join(parts)


def unsplit(files: Files, confdir: str) -> str:
    """The text of the template, behind the local macros. OSError where there is no template."""
    local = f"{confdir}/exim4.conf.localmacros"
    before = _text(files, local) if _exists(files, local) else ""
    return before + _text(files, f"{confdir}/exim4.conf.template")


def without_comments(text: str) -> str:
    """The lines that say something; of several empty ones in a row, one."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    kept: list[str] = []
    for line in lines:
        if not re.match(r"[ \t\v\f\r]*#", line) and (line or not kept or kept[-1]):
            kept.append(line)
    return "".join(f"{line}\n" for line in kept)


def _framed(files: Files, path: str) -> str:
    """A file of the tree, with its name above and below."""
    head = f"{_RULE}\n### {path}\n{_RULE}\n"
    return f"{head}{_text(files, path)}\n{_RULE}\n### end {path}\n{_RULE}\n"


def _text(files: Files, path: str) -> str:
    return files.read_bytes(path).decode("latin-1")


def _exists(files: Files, path: str) -> bool:
    try:
        files.stat(path)
    except OSError:
        return False
    return True


def _is_file(files: Files, path: str) -> bool:
    try:
        return stat.S_ISREG(files.stat(path).st_mode)
    except OSError:
        return False
