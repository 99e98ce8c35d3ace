"""The ground of an island: a root made of a host's folder and of the machine's programs.

    /               new and empty, in memory
    ├── etc var home …   the host's own folders, as they are: what is written here lies there
    ├── usr bin lib …    the machine's, to be read only
    ├── usr/local        the host's own, if it has one
    ├── dev proc         what every process needs of them
    └── run tmp          new and empty, gone with the island

A program on it finds the host's files where Debian has them, and nothing else of the machine.

Law: mount(2) (bind mounts), pivot_root(2). Try: ``settle("/srv/lab/mail.ask.com")``, after
``unshare(MOUNTS)``.
"""

from __future__ import annotations

import os
import stat

from .kernel import (
    AGAIN,
    BIND,
    DEEP,
    DETACH,
    NO_DEVICES,
    NO_SUID,
    PRIVATE,
    READ_ONLY,
    mount,
    pivot_root,
    unmount,
)

MACHINE = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
"""What is the machine's: programs and libraries."""
MADE = ("dev", "proc", "run", "tmp", "sys", *MACHINE)
"""What a host's own folder has no say in."""
DEVICES = ("null", "zero", "full", "random", "urandom")


def settle(folder: str) -> None:
    """Makes ``folder``, a host's, the root of the calling process. Needs namespaces of its own of
    mounts and of processes. Raises OSError."""
    mount("none", "/", flags=PRIVATE | DEEP)
    own = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    mount("island", folder, "tmpfs", NO_DEVICES, "mode=755")
    _lay_machine(folder)
    _lay_own(folder, f"/proc/self/fd/{own}")
    _lay_devices(f"{folder}/dev")
    for name, mode in (("proc", 0o555), ("run", 0o755), ("tmp", 0o1777), ("old", 0o700)):
        os.mkdir(f"{folder}/{name}")
        os.chmod(f"{folder}/{name}", mode)
    mount("proc", f"{folder}/proc", "proc", NO_SUID | NO_DEVICES)
    os.close(own)
    pivot_root(folder, f"{folder}/old")
    os.chdir("/")
    unmount("/old", DETACH)
    os.rmdir("/old")


def _lay_machine(folder: str) -> None:
    for name in MACHINE:
        there, here = f"/{name}", f"{folder}/{name}"
        if os.path.islink(there):
            os.symlink(os.readlink(there), here)
        elif os.path.isdir(there):
            os.mkdir(here)
            mount(there, here, flags=BIND | DEEP)
            mount("none", here, flags=BIND | AGAIN | READ_ONLY)


def _lay_own(folder: str, own: str) -> None:
    """The host's folders; what it has in /usr/local instead of the machine's."""
    for name in sorted(os.listdir(own)):
        if name not in MADE and stat.S_ISDIR(os.lstat(f"{own}/{name}").st_mode):
            os.mkdir(f"{folder}/{name}")
            mount(f"{own}/{name}", f"{folder}/{name}", flags=BIND)
    if os.path.isdir(f"{own}/usr/local") and os.path.isdir(f"{folder}/usr/local"):
        mount(f"{own}/usr/local", f"{folder}/usr/local", flags=BIND)


def _lay_devices(folder: str) -> None:
    os.mkdir(folder)
    for name in DEVICES:
        if os.path.exists(f"/dev/{name}"):
            os.close(os.open(f"{folder}/{name}", os.O_CREAT | os.O_WRONLY))
            mount(f"/dev/{name}", f"{folder}/{name}", flags=BIND)
    os.symlink("/proc/self/fd", f"{folder}/fd")
