"""What a server costs: seconds of the processor, memory, processes; and calls to the kernel.

Law: proc(5), strace(1). Linux only.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
STARTS = frozenset({"fork", "vfork", "clone", "clone3"})
_CALL = re.compile(r"(?:\[pid +)?\d*\]? *(\w+)\(")


def processor(pid: int) -> float:
    """Seconds that a process has used. Only a difference between two moments means anything."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / TICK


def memory(pid: int) -> int:
    """Octets of memory that a process holds (RSS)."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    return int(found[1]) * 1024 if found else 0


def calls(trace: str) -> Counter[str]:
    """How often each call was made, in what `strace -f` has written.

    >>> calls('17 fdatasync(5) = 0\\n17 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 18')
    Counter({'fdatasync': 1, 'thread': 1})
    """
    found: Counter[str] = Counter()
    for line in trace.splitlines():
        call = _CALL.match(line)
        if call is None or ("unfinished" in line and "resumed" in line):
            continue
        name = call[1]
        if name in STARTS:
            name = "thread" if "CLONE_THREAD" in line else "process"
        found[name] += 1
    return found
