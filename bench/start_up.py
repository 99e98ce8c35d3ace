"""How long until a lab answers? Wall-clock milliseconds, each in a fresh interpreter.

    python        an interpreter that does nothing: the floor
    face          import labmail (loads nothing)
    rooms         import labmail.lab (loads the servers)
    lab           a lab of two companies, open and closed
    letter        the same, and one letter from Alice to Bob, fetched

The difference between two lines is what the step costs. More imports at the top of a module make
``rooms`` worse; work done for hosts that nobody has asked yet makes ``lab`` worse.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

OPEN = "from labmail import Lab\nwith Lab('two_companies') as lab: "
STEPS = {
    "python": "pass",
    "face": "import labmail",
    "rooms": "import labmail.lab",
    "lab": f"{OPEN}pass",
    "letter": (
        f"{OPEN}lab.user('alice@example.com').send(to='bob@ask.com', subject='x', text='y\\n');"
        "lab.user('bob@ask.com').fetch()"
    ),
}


def milliseconds(code: str) -> float:
    """Run ``code`` in a fresh interpreter; the wall-clock time it took."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Print the median and the spread of each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=7, help="repetitions of each step (7)")
    times = parser.parse_args().times
    print(f"{'step':<8} {'median':>8} {'least':>8} {'most':>8}   ms, {times} times")
    for name, code in STEPS.items():
        milliseconds(code)  # the first one reads the files from the disk
        took = [milliseconds(code) for _ in range(times)]
        print(f"{name:<8} {statistics.median(took):8.0f} {min(took):8.0f} {max(took):8.0f}")


if __name__ == "__main__":
    main()
