"""The cookie: where a lab can be reached, and the secret of those who may.

    ROOT/.control     {"port": 40123, "secret": "…", "pid": 4711, "town": "two_companies", …}

Whoever can read the file may command the lab: its owner, since the file has mode 0600 and lies in a
folder of mode 0700. The secret is new at each start. It is the way of X11's ``.Xauthority`` and of
Jupyter's kernels.

Try: ``write(folder, Cookie(port=40123, secret="…", pid=4711, town="village", hosts=[]))``.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = ".control"
LONGEST = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """What the file says."""

    port: int
    """On loopback, TCP."""
    secret: str
    pid: int
    town: str
    hosts: tuple[str, ...]


def write(root: Path, cookie: Cookie) -> None:
    """Writes the file anew, readable by its owner from the first moment. Raises OSError."""
    path = root / FILE
    path.unlink(missing_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(fd, "w", encoding="utf-8") as file:
        json.dump(asdict(cookie), file)


def remove(root: Path, cookie: Cookie) -> None:
    """Removes the file, unless another lab has written it since."""
    if read(root) == cookie:
        (root / FILE).unlink(missing_ok=True)


def read(root: Path) -> Cookie | None:
    """What the file in a folder says; None where there is none, or one that is not ours: a file
    that others may write could send us, and what we type, to anybody."""
    try:
        fd = os.open(root / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with open(fd, "rb") as file:
        about = os.fstat(fd)
        if about.st_uid != os.getuid() or stat.S_IMODE(about.st_mode) & 0o077:
            return None
        return _understood(file.read(LONGEST))


def _understood(text: bytes) -> Cookie | None:
    try:
        said = json.loads(text)
        port, pid, hosts = int(said["port"]), int(said["pid"]), tuple(map(str, said["hosts"]))
        secret, town = str(said["secret"]), str(said["town"])
    except (ValueError, TypeError, KeyError):
        return None
    if not 0 < port < 65536:
        return None
    return Cookie(port=port, secret=secret, pid=pid, town=town, hosts=hosts)
