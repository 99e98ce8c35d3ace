"""Plays cases with the real exim4, in a network of its own. `sides.theirs` runs it there.

Reads the cases from standard input and writes what was heard to standard output, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from . import secrecy
from .peers import Peer, Script
from .sides import IP, NAMES, Far, Heard, letters, lines_of, name_of, told_by


def furnish() -> None:
    """The network's addresses are this machine; ``/etc/hosts`` knows the names."""
    for command in (
        "ip link set lo up",
        f"ip addr add {IP}/32 dev lo",
        f"ip route add local 192.0.2.0/24 dev lo src {IP}",
    ):
        subprocess.run(command.split(), check=True)
    with tempfile.NamedTemporaryFile("w", delete=False) as hosts:
        hosts.write("127.0.0.1 localhost\n" + "".join(f"{ip} {n}\n" for n, ip in NAMES.items()))
    os.chmod(hosts.name, 0o644)
    subprocess.run(["mount", "--bind", hosts.name, "/etc/hosts"], check=True)


def case_of(record: dict[str, object]) -> Far:
    peers = {ip: Script(**script) for ip, script in record.pop("peers").items()}  # type: ignore
    for script in peers.values():
        script.offers = tuple(script.offers)
    record |= {"options": tuple(record["options"]), "steps": tuple(record["steps"])}  # type: ignore
    return Far(**record, peers=peers)  # type: ignore[arg-type]


async def play(case: Far) -> Heard:
    root = Path(tempfile.mkdtemp(prefix="theirs-"))
    peers, servers = {}, []
    try:
        root.chmod(0o777)
        for folder in ("spool", "log"):
            (root / folder).mkdir()
            (root / folder).chmod(0o777)
        secrecy.furnish(lambda name, octets: write(root / name, octets))
        spool = "spool_directory = DIR/spool\nlog_file_path = DIR/log/%slog\n"
        (root / "exim.conf").write_text(case.configuration(str(root), spool))
        for ip, script in case.peers.items():
            peer = peers[ip] = Peer(script, name_of(ip))
            servers.append(await asyncio.start_server(peer.answer, ip, script.port))
        texts = letters(case.steps, case.sender, case.body)
        for step in case.steps:
            word, _, what = step.partition(" ")
            if word == "mend":
                peers[what].script = Script(port=peers[what].script.port)
            elif word == "send":
                at_once = [] if "queue_only" in case.main else ["-odi"]
                await exim(
                    root, *at_once, "-oi", "-f", case.sender, *what.split(","), given=texts[step]
                )
            else:
                await exim(root, "-qf" if word == "force" else "-q")
                await asyncio.sleep(0.3)
        log = (root / "log/mainlog").read_text()
        heard = {ip: told_by(peer, IP) for ip, peer in peers.items()}
        return Heard(heard, lines_of(log, str(root)))
    finally:
        for server in servers:
            server.close()
        shutil.rmtree(root, ignore_errors=True)


def write(path: Path, octets: bytes) -> None:
    path.write_bytes(octets)
    path.chmod(0o644)


async def exim(root: Path, *words: str, given: bytes = b"") -> None:
    """Runs it to its end."""
    process = await asyncio.create_subprocess_exec(
        "exim4", "-C", str(root / "exim.conf"), *words,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(given), 60)
    if b"configuration error" in err:
        raise RuntimeError(err.decode())
    if out or err:
        sys.stderr.write((out + err).decode("utf-8", "replace"))


async def main() -> None:
    furnish()
    cases = {name: case_of(record) for name, record in json.loads(sys.stdin.read()).items()}
    found = {name: asdict(await play(case)) for name, case in cases.items()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
