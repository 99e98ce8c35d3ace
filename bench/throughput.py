"""How many letters does a mail server take and deliver, beside the program that everybody knows?

    c10      ten connections, a letter of 4 kB after the other on each
    c1       one connection
    each     a connection for each letter, ten at the same time
    big      one letter of 10 MB
    relay    ten connections; each letter goes on to a second host of the same kind

Every letter is routed, stamped, logged, durable before its 250 and durable in its mailbox; how is
told in `duel.peers`. Servers take turns, round after round, so that all see the same load of the
machine. Figures are medians, with least and most; *x* is labmail : exim4, round by round.

    accepted, delivered   letters in a second, both counted from the first MAIL
    p99                   within how many ms 99 of 100 letters were accepted
    cpu                   ms of processor for each letter, accepted and delivered: of labmail, which
                          is one process. It changes less than the rest where others are at work.
                          (exim4's many come and go, and nobody counts them.)

A file that is opened, synced or asked about for one letter alone makes everything worse; so does a
string that is read again, an event told twice, and a step that hands over to another thread.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from duel.cost import memory, processor
from duel.load import Load
from duel.peers import Exim, Labmail, Peer, has_exim


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of a server in one round."""

    connections: int
    letters: int
    again: int = 1
    size: int = 4096
    to: str = "user@lab.test"


WORKS = {
    "c10": Work(10, 40),
    "c1": Work(1, 100),
    "each": Work(10, 1, again=20),
    "big": Work(1, 1, size=10_000_000),
    "relay": Work(10, 20, to="user@far.test"),
}
Figures = dict[str, list[float]]


def once(peer: Peer, work: Work) -> dict[str, float]:
    """One round: sends everything, waits until it has arrived."""
    box = peer.mailboxes[work.to]
    box.empty()
    before, used = box.count(), processor(peer.pids[0])
    load = Load(
        ("127.0.0.1", peer.port), work.to, connections=work.connections, letters=work.letters,
        again=work.again, size=work.size,
    )  # fmt: skip
    sent = load.run()
    while box.count() - before < sent.letters:
        if time.perf_counter() > sent.ended + 60:
            raise RuntimeError(f"{peer.name}: {box.count() - before} of {sent.letters} arrived")
        time.sleep(0.01)
    arrived = time.perf_counter()
    time.sleep(0.3)  # what is still to do for letters that have arrived belongs to their cost
    figures = {
        "accepted": sent.rate,
        "delivered": sent.letters / (arrived - sent.began),
        "p99": sent.percentile(0.99) * 1000,
    }
    if len(peer.pids) == 1:
        figures["cpu"] = (processor(peer.pids[0]) - used) / sent.letters * 1000
    return figures


def told(title: str, took: dict[str, Figures]) -> Iterator[str]:
    """The table of one kind of work. The first server is what the others are compared to."""
    yield f"\n{title}"
    base = next(iter(took.values()))
    for name, figures in took.items():
        words = []
        for figure, values in figures.items():
            words.append(f"{figure} {statistics.median(values):8.1f}")
            words.append(f"({min(values):.1f} to {max(values):.1f})".ljust(20))
            if figures is not base and figure in base:
                ratios = [ours / theirs for ours, theirs in zip(values, base[figure], strict=True)]
                words.append(f"x {statistics.median(ratios):<6.2f}")
        yield f"  {name:<16} {' '.join(words)}"


@contextmanager
def running(peers: list[Peer]) -> Iterator[None]:
    """The servers, for as long as they are needed."""
    try:
        for peer in peers:
            peer.start()
        yield
    finally:
        for peer in peers:
            peer.stop()


def throughput(peers: list[Peer], names: list[str], rounds: int) -> Iterator[str]:
    with running(peers):
        time.sleep(0.5)
        yield "idle memory, MB: " + ", ".join(
            f"{peer.name} {memory(peer.pids[0]) / 1e6:.1f}" for peer in peers
        )
        for name in names:
            took: dict[str, Figures] = {peer.name: defaultdict(list) for peer in peers}
            for number in range(rounds + 1):
                for peer in peers:
                    figures = once(peer, WORKS[name])
                    for figure, value in figures.items() if number else ():  # the first warms up
                        took[peer.name][figure].append(value)
            yield from told(name, took)


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--works", default=",".join(WORKS), help="some of " + ", ".join(WORKS))
    words.add_argument("--only", default="", help="servers whose name has this in it")
    options = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="labmail-bench-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        peers: list[Peer] = [Labmail(folder, "mbox"), Labmail(folder, "maildir")]
        if has_exim():
            peers.insert(0, Exim(folder / "exim", 21_000))
        else:
            print("exim4 is not here, or we are not root: nothing to compare with")
        peers = [peer for peer in peers if options.only in peer.name]
        for line in throughput(peers, options.works.split(","), options.rounds):
            print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
