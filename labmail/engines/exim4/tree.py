"""A host's folder made fit for a program that believes in owners.

Our own MTA goes by a table of owners (`labmail.mta.ownership`); the kernel goes by the files. So
before real Exim starts, what the table says is written down on the files. A few that every Debian
host has, and that the C library wants to see, are laid beside them where they are missing.

Law: hier(7), services(5), nsswitch.conf(5).

Try: ``ls -l`` in the folder of a host that runs with real Exim.
"""

from __future__ import annotations

import os
from pathlib import Path

from labmail.mta.ownership import EXIM, Owner, Owners
from labmail.world import HostFiles

OWNED = ("/home", "/var/mail", "/var/spool/exim4", "/var/log/exim4", "/etc/exim4/passwd.client")
"""Where somebody else than root owns anything."""
FOLDERS = {"/var/spool/exim4": 0o750, "/var/log/exim4": 0o2750, "/var/mail": 0o2775}
MISSING = {
    "/etc/services": (
        "# Names of ports, as IANA has them.\n"
        "smtp\t25/tcp\tmail\n"
        "domain\t53/tcp\n"
        "domain\t53/udp\n"
        "pop3\t110/tcp\n"
        "imap2\t143/tcp\n"
        "submissions\t465/tcp\n"
        "submission\t587/tcp\n"
    ),
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n",
}


def prepare(files: HostFiles) -> Owner:
    """Writes down who owns what; gives Exim's own user and group. Blocks. Raises OSError."""
    owners = Owners(files)
    for path, mode in FOLDERS.items():
        files.mkdir(path)
        os.chmod(files.real(path), mode)
    for path, text in MISSING.items():
        if not files.exists(path):
            files.write_text(path, text)
    for path in OWNED:
        _own(files, owners, files.real(path))
    if files.exists("/etc/exim4/passwd.client"):
        os.chmod(files.real("/etc/exim4/passwd.client"), 0o640)
    return owners.of(f"/var/spool/exim4/{EXIM}")


def _own(files: HostFiles, owners: Owners, real: Path) -> None:
    """This file or folder, and all below it. Links are not followed."""
    if not os.path.lexists(real):
        return
    os.chown(real, *owners.of(files.lab_path(real)), follow_symlinks=False)
    if real.is_dir() and not real.is_symlink():
        for child in os.scandir(real):
            _own(files, owners, Path(child.path))
