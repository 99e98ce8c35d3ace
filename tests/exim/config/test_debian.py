"""Debian's stock configuration, generated from the installed package, is read unchanged."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from labmail.exim.config import Configuration, read
from labmail.exim.files import RealFiles
from labmail.exim.options.vocabulary import VOCABULARY
from tests.conftest import find_peer
from tests.exim.config.original import ask

TYPES = ("internet", "smarthost", "satellite", "local", "none")
ANSWERS = {
    "dc_other_hostnames": "example.com",
    "dc_local_interfaces": "127.0.0.1 ; ::1",
    "dc_readhost": "example.com",
    "dc_relay_domains": "ask.com",
    "dc_relay_nets": "192.0.2.0/24",
    "dc_smarthost": "mail.ask.com::587",
    "dc_minimaldns": "false",
    "dc_hide_mailname": "true",
    "dc_mailname_in_oh": "true",
    "dc_localdelivery": "maildir_home",
}
HIDDEN = "<value not displayable>"


def generate(folder: Path, kind: str, split: bool) -> Path:
    """What Debian's own script makes of a copy of its own pieces."""
    pieces = folder / "etc"
    shutil.copytree("/etc/exim4/conf.d", pieces / "conf.d")
    shutil.copy("/etc/exim4/exim4.conf.template", pieces)
    answers = {
        "dc_eximconfig_configtype": kind,
        "dc_use_split_config": str(split).lower(),
        **ANSWERS,
    }
    lines = "".join(f"{name}='{value}'\n" for name, value in answers.items())
    (pieces / "update-exim4.conf.conf").write_text(lines)
    (folder / "mailname").write_text("mail.example.com\n")
    script = Path(find_peer("update-exim4.conf") or "").read_text()
    script = script.replace("/etc/mailname", str(folder / "mailname"))
    (folder / "script").write_text(script.replace("/etc/exim4", str(pieces)))
    made = folder / "made.conf"
    words = ["sh", str(folder / "script"), "-d", str(pieces), "-o", str(made)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    return made


def quickly(path: Path) -> tuple[Configuration, float]:
    """The configuration, and how many seconds of the processor reading takes at best."""
    best = 9.0
    for _ in range(5):
        start = time.process_time()
        configuration = read(str(path), files=RealFiles(), vocabulary=VOCABULARY)
        best = min(best, time.process_time() - start)
    return configuration, best


@pytest.mark.peer("update-exim4.conf", "exim4")
@pytest.mark.parametrize("split", [False, True], ids=["whole", "split"])
@pytest.mark.parametrize("kind", TYPES)
def test_read_line_by_line_as_the_original(folder: Path, kind: str, split: bool) -> None:
    path = generate(folder, kind, split)
    configuration, seconds = quickly(path)
    shown = ask(path, "-bP", "config")[0].splitlines()[1:]
    ours = [" ".join(line.split()) for line in configuration.lines]
    real = [" ".join(line.split()) for line in shown if line.strip()]
    assert len(ours) == len(real)
    for line, other in zip(ours, real, strict=True):
        assert line.startswith(other.removesuffix(HIDDEN)), "only root sees all"
        assert line == other or other.endswith(HIDDEN)
    assert seconds < 0.030
    assert configuration.routers and configuration.acls
    assert configuration.main["acl_smtp_rcpt"] == "acl_check_rcpt"
