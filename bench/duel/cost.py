"""What a server costs: seconds of the processor, and memory.

Law: proc(5). Linux only.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def processor(pid: int) -> float:
    """Seconds that a process has used. Only a difference between two moments means anything."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / TICK


def memory(pid: int) -> int:
    """Octets of memory that a process holds (RSS)."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    return int(found[1]) * 1024 if found else 0
