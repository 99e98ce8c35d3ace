"""What this host is called: the system's name, made whole if it is a single word.

Law: Exim specification, §14.23 (primary_hostname).
"""

from __future__ import annotations

import os

from labmail.exim.files import Files


def hostname(files: Files | None) -> str:
    """The system's name. A name without a dot is looked up in `/etc/hosts`."""
    name = os.uname().nodename
    if "." in name or files is None:
        return name
    try:
        text = files.read_bytes("/etc/hosts").decode("latin-1")
    except OSError:
        return name
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if name in words[1:]:
            return words[1]
    return name
