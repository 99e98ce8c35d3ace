"""Asking labmail and real Exim where an address goes, in a folder with a configuration."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labmail.commands.exim import Caller, run
from labmail.commands.exim.caller import run_program
from labmail.commands.exim.names import real_names
from labmail.exim.config import Configuration, read
from labmail.exim.expansion.standing import context_on
from labmail.exim.files import RealFiles
from labmail.exim.options import VOCABULARY
from labmail.exim.routing import Desk
from tests.conftest import find_peer
from tests.parity.fuzz import mailhost

HEAD = f"{mailhost.HEAD}begin routers\n".replace("DIR", "{DIR}")
TAIL = mailhost.TRANSPORTS


def lay_out(folder: Path, configuration: str, files: Mapping[str, Any] | None = None) -> Path:
    """Writes everything; gives the configuration's path."""
    (folder / "spool").mkdir(exist_ok=True)
    for path in (folder, folder / "spool"):
        path.chmod(0o777)  # Exim gives up its rights and still writes its logs
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = content["lines"] if isinstance(content, dict) else content
        path.write_text("\n".join(lines).replace("{DIR}", str(folder)), "utf-8")
        mode = int(content["mode"], 8) if isinstance(content, dict) else 0o644
        path.chmod(mode)
    written = folder / "exim.conf"
    written.write_text(configuration.replace("{DIR}", str(folder)), "utf-8")
    return written


def ours(
    configuration: Path, arguments: Sequence[str], zones: Mapping[str, Any] | None = None
) -> tuple[str, int]:
    """Standard output and exit code of labmail."""
    environment = {}
    if zones is not None:
        path = configuration.parent / "zones.json"
        path.write_text(json.dumps(zones))
        environment["LABMAIL_DNS_ZONES"] = str(path)
    out, err = io.BytesIO(), io.BytesIO()
    caller = Caller(
        io.BytesIO(),
        out,
        err,
        environment,
        names=(lambda: real_names(environment)) if zones is not None else None,
        run=run_program,
    )
    code = run(["-C", str(configuration), *arguments], caller)
    return out.getvalue().decode("latin-1"), code


def theirs(configuration: Path, arguments: Sequence[str]) -> tuple[str, int]:
    """The same of real Exim, which is there: the test asks for it."""
    ran = subprocess.run(
        [str(find_peer("exim4")), "-C", str(configuration), *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    return ran.stdout.decode("latin-1"), ran.returncode


def routers(text: str, tail: str = TAIL) -> str:
    """A configuration with these routers."""
    return f"{HEAD}{text}{tail}"


def desk(folder: Path, text: str, tail: str = TAIL, **how: Any) -> Desk:
    """A desk with these routers."""
    path = lay_out(folder, routers(text, tail))
    configuration: Configuration = read(str(path), files=RealFiles(), vocabulary=VOCABULARY)
    context = context_on(configuration, files=RealFiles(), machine=None, clock=None)
    return Desk(configuration, context, **how)
