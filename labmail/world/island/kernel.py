"""The five calls of Linux that give a process a world of its own, and that Python does not have.

A namespace is what a process takes for the whole machine: its network, its files, its processes,
its name. A container is a process with such namespaces and nothing more.

Law: namespaces(7), unshare(2), setns(2), mount(2), pivot_root(2).

Try: ``unshare(NET)`` as root; then there is no network but a loopback that is down.
"""

from __future__ import annotations

import ctypes
import os

MOUNTS, NAME, MESSAGES, PROCESSES, NET = 0x20000, 0x4000000, 0x8000000, 0x20000000, 0x40000000
"""Kinds of namespaces: CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET."""

READ_ONLY, NO_SUID, NO_DEVICES, AGAIN = 0x1, 0x2, 0x4, 0x20
BIND, DEEP, PRIVATE = 0x1000, 0x4000, 0x40000
"""How to mount: MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE."""
DETACH = 2


def _call(name: str, *words: int | str) -> None:
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    result = function(*(os.fsencode(each) if isinstance(each, str) else each for each in words))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unshare(kinds: int) -> None:
    """Gives the caller new namespaces. A new one of PROCESSES begins with its next child.

    Raises OSError (EPERM) without the right to.
    """
    _call("unshare", kinds)


def setns(namespace: int, kind: int) -> None:
    """Takes the calling thread, and no other, into a namespace, an open file of /proc/PID/ns."""
    _call("setns", namespace, kind)


def mount(source: str, target: str, kind: str = "", flags: int = 0, words: str = "") -> None:
    """Lets ``target`` show what ``source`` is. Raises OSError."""
    _call("mount", source, target, kind, flags, words)


def unmount(target: str, flags: int = 0) -> None:
    _call("umount2", target, flags)


def pivot_root(new: str, old: str) -> None:
    """Makes ``new`` the root; what was the root lies at ``old`` below it."""
    _call("pivot_root", new, old)
