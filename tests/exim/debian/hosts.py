"""Hosts for the tests: a folder ``exim4`` with answers and a tree, and what Debian makes of it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

from labmail.exim.debian import Source
from labmail.exim.debian.owntree import files
from labmail.exim.files import RealFiles
from tests.conftest import find_peer

KINDS = ("internet", "smarthost", "satellite", "local", "none")
_WORDS = ["a.example", "B.Example.ORG", "*.sub.test", "192.0.2.0/24", "2001:db8::/32", "::::1"]
_WORDS += ["[::1]", "!x", "@", "localhost", "x_y", "\xc3\xa9.test", "a,b]", "a]b", "host::587"]
_BETWEEN = [" : ", ":", ";", " ; ", " ;", "; ", "  ", ":;", " "]
_MAILNAMES = ["box.test\n", "Box.Test extra\n", " lead.test\n", "", "a b\nc\n", "x_y.test\n"]


class Host:
    """A folder with ``etc/exim4`` and ``etc/mailname``, filled with a tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.confdir = folder / "exim4"
        self.mailname = folder / "mailname"
        self.confdir.mkdir(parents=True)
        self.mailname.write_text("Example.COM\n")

    def source(self, **more: str) -> Source:
        return Source(RealFiles(), str(self.confdir), str(self.mailname), **more)

    def write(self, path: str, text: str) -> None:
        place = self.confdir / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="latin-1")

    def answer(self, **answers: str) -> None:
        lines = [f"{name}='{value}'\n" for name, value in answers.items()]
        self.write("update-exim4.conf.conf", "".join(lines))

    def own_tree(self) -> Host:
        """The lab's tree."""
        for path, octets in files():
            self.write(path, octets.decode("latin-1"))
        return self

    def debians_tree(self) -> Host:
        """The tree of the installed package."""
        for folder in (Path("/etc/exim4/conf.d"),):
            for path in folder.glob("*/*"):
                self.write(f"conf.d/{path.relative_to(folder)}", path.read_text("latin-1"))
        template = Path("/etc/exim4/exim4.conf.template")
        self.write(template.name, template.read_text("latin-1"))
        return self


def debian_makes(host: Host, *options: str) -> str | None:
    """What Debian's program makes of a host; None if it makes nothing. Its fixed paths are turned
    to the host's."""
    program = find_peer("update-exim4.conf")
    assert program is not None
    script = Path(program).read_text()
    script = script.replace("/etc/mailname", str(host.mailname))
    copy = host.folder / "update-exim4.conf"
    copy.write_text(script.replace("/etc/exim4", str(host.confdir)))
    output = host.folder / "out"
    output.unlink(missing_ok=True)
    subprocess.run(
        ["sh", copy, "-d", host.confdir, "-o", output, *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    return output.read_bytes().decode("latin-1") if output.exists() else None


def random_answers(random: Random) -> dict[str, str]:
    """Answers that nobody would give, in all spellings."""
    return {
        "dc_eximconfig_configtype": random.choice([*KINDS, "Internet", "other", ""]),
        "dc_other_hostnames": _list(random),
        "dc_local_interfaces": _list(random),
        "dc_readhost": random.choice(["", "x.test", "X.Test"]),
        "dc_relay_domains": _list(random),
        "dc_minimaldns": random.choice(["false", "true", ""]),
        "dc_relay_nets": _list(random),
        "dc_smarthost": _list(random),
        "CFILEMODE": random.choice(["644", "640", ""]),
        "dc_use_split_config": random.choice(["true", "false", "", "TRUE"]),
        "dc_hide_mailname": random.choice(["", "true", "false", "True"]),
        "dc_mailname_in_oh": "true",
        "dc_localdelivery": random.choice(["mail_spool", "maildir_home", "", "Maildir_Home"]),
        "ue4c_keepcomments": random.choice(["", "", "no", "yes"]),
    }


def random_mailname(random: Random) -> str:
    return random.choice(_MAILNAMES)


def _list(random: Random) -> str:
    between = random.choice(_BETWEEN)
    words = between.join(random.choice(_WORDS) for _ in range(random.randrange(4)))
    return (
        random.choice(["", "", "", "<; ", "<;", " <; ", "<+ "])
        + words
        + random.choice(["", "", ";", " : ", "  "])
    )
