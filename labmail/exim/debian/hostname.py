"""The full name of a host, as ``hostname --fqdn`` tells it.

``/etc/hostname`` has the short name; the first name in the line of ``/etc/hosts`` in which it
stands is the full one. The DNS is not asked: a host whose own name is not in its own file has
other worries.

Law: hostname(1), hosts(5).
"""

from __future__ import annotations

from labmail.exim.files import Files


def full_name(files: Files) -> str:
    """The full name, or the short one if there is no other, or nothing."""
    short = _read(files, "/etc/hostname").strip()
    for line in _read(files, "/etc/hosts").split("\n"):
        words = line.partition("#")[0].split()
        if short and short in words[1:]:
            return words[1]
    return short


def _read(files: Files, path: str) -> str:
    try:
        return files.read_bytes(path).decode("latin-1")
    except OSError:
        return ""
