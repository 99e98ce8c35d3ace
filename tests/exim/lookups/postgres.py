"""A PostgreSQL server for the tests: its own folder, a free port of loopback, gone afterwards."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

_FOLDERS = "/usr/lib/postgresql/*/bin"


class Server(NamedTuple):
    """Where it listens; user lab, no password."""

    port: int
    folder: Path

    @property
    def listed(self) -> str:
        """It as entries of pgsql_servers, by address and by socket."""
        socket_path = f"{self.folder}/.s.PGSQL.{self.port}"
        return f"127.0.0.1::{self.port}/postgres/lab/pw : ({socket_path})/postgres/lab/"


def programs() -> Path | None:
    """The folder of initdb and its kin, which is on nobody's PATH."""
    found = shutil.which("initdb")
    folders = [os.path.dirname(found)] if found else sorted(glob.glob(_FOLDERS))
    return Path(folders[-1]) if folders else None


@contextmanager
def running(folder_of_programs: Path) -> Iterator[Server]:
    """The server, while it runs. It refuses to be root, so then it runs as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="labmail-pg-"))
    folder.chmod(0o755)
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        person = _somebody()
        who = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
        os.chown(folder, person.pw_uid, person.pw_gid)
    try:
        _run(
            folder_of_programs / "initdb",
            "-A",
            "trust",
            "-U",
            "lab",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
            "-D",
            folder / "data",
            **who,
        )
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off "
            f"-c unix_socket_directories={folder}"
        )
        control = folder_of_programs / "pg_ctl"
        _run(
            control,
            "-D",
            folder / "data",
            "-o",
            settings,
            "-w",
            "-l",
            folder / "log",
            "start",
            **who,
        )
        try:
            yield Server(port, folder)
        finally:
            _run(control, "-D", folder / "data", "-m", "immediate", "-w", "stop", **who)
    finally:
        shutil.rmtree(folder)


def _somebody() -> pwd.struct_passwd:
    """An ordinary user of this machine."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("there is nobody but root here")


def _run(*words: object, **who: Any) -> None:
    subprocess.run(
        [str(word) for word in words],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        timeout=60,
        **who,
    )
