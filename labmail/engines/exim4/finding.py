"""Where does the letter lie? What Exim has put into a mailbox, found again by Exim's own id.

The log names a person and a transport; a POP3 server names a file and a unique id. What joins the
two is the letter itself: its first field Received, which Exim has written, has the id.
Nothing is locked: the letter was delivered, so it is whole, and it does not move while its mailbox
only grows.

Law: Exim specification, chapter 14 (received_header_text).
Try: ``find(files, box, "1xW8Q6-00000K-1u")``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from labmail.store.maildir.names import Name, unique_id
from labmail.store.mbox.index import Index
from labmail.world import HostFiles

from .book import Mailbox

HEAD = 65_536
"""Octets in which a header must end."""


def find(files: HostFiles, box: Mailbox, id: str) -> tuple[str, str]:
    """File and unique id of the message that has come under Exim's id; "" where it is gone.

    Blocks.
    """
    needle = f"id {id}".encode()
    try:
        search = _in_maildir if box.kind == "maildir" else _in_mbox
        return search(files, box.path, needle)
    except OSError:
        return "", ""


def _is_it(head: bytes, needle: bytes) -> bool:
    return needle in head.replace(b"\r\n", b"\n").partition(b"\n\n")[0]


def _in_maildir(files: HostFiles, path: str, needle: bytes) -> tuple[str, str]:
    for file in _newest_first(files.real(path)):
        with open(file, "rb") as stream:
            if _is_it(stream.read(HEAD), needle):
                return files.lab_path(file), unique_id(Name.parse(file.name).base)
    return "", ""


def _newest_first(folder: Path) -> Iterator[Path]:
    found = [each for sub in ("new", "cur") for each in os.scandir(folder / sub)]
    for entry in sorted(found, key=lambda each: each.stat().st_mtime_ns, reverse=True):
        if entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _in_mbox(files: HostFiles, path: str, needle: bytes) -> tuple[str, str]:
    with open(files.real(path), "rb") as file:
        for slot in reversed(Index.read(file.fileno(), path).slots):
            if _is_it(os.pread(file.fileno(), min(HEAD, slot.end - slot.text), slot.text), needle):
                return path, slot.uid
    return "", ""
