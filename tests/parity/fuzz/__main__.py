"""``python -m tests.parity.fuzz 10000 --seed 1``: asks both engines, prints where they differ.

The exit code is 1 when less than 99.9% are alike, or when the run itself proves too little: a
feature said too seldom, too many answers that are errors.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from . import world
from .engines import DIED, Judge, Ours, RealExim
from .report import ENOUGH, Difference, Tally
from .sentences import Case, cases
from .shrinking import fewest_lines, shortest

AGREEMENT = 0.999
FINE = 0.6


def run(
    count: int, seed: int, judge: Judge, *, shrink: bool = True, most: int = 40
) -> tuple[Tally, list[Difference]]:
    """Asks everything; the first ``most`` differences are shrunk."""
    tally, found = Tally(), []
    asked = list(cases(count, seed))
    lines = [case for case in asked if case.config is None]
    for case, (real, ours) in zip(lines, judge.lines([c.line for c in lines]), strict=True):
        _judge(tally, found, case, real, ours)
    for case in asked:
        if case.config is not None:
            one, other = judge.called(case.config.text, case.config.included, case.config.arguments)
            _judge(tally, found, case, str(one), str(other))
    if shrink:
        found = [shrunk(difference, judge) for difference in found[:most]] + found[most:]
    return tally, found


def _judge(tally: Tally, found: list[Difference], case: Case, real: str, ours: str) -> None:
    if real.startswith(DIED):
        tally.died += 1
        return
    tally.add(case, real, real == ours)
    if real != ours:
        shown = case.line if case.config is None else case.config.text
        found.append(Difference(case, shown, real, ours))


def shrunk(difference: Difference, judge: Judge) -> Difference:
    """The same difference in its shortest form, with the answers to that."""
    case = difference.case
    if case.config is None:
        return _shrunk_line(difference, judge)
    config = case.config

    def differs(text: str) -> bool:
        one, other = judge.called(text, config.included, config.arguments)
        return one != other

    text = fewest_lines(config.text, differs)
    one, other = judge.called(text, config.included, config.arguments)
    return Difference(case, text, str(one), str(other))


def _shrunk_line(difference: Difference, judge: Judge) -> Difference:
    if not judge.differ(difference.case.line):
        return difference._replace(shown=f"{difference.shown} (only after what was said before)")

    def differing(lines: Sequence[str]) -> list[bool]:
        return [one != other and not one.startswith(DIED) for one, other in judge.lines(lines)]

    for _ in range(3):
        line = shortest(difference.case.line, differing)
        if judge.differ(line):
            break
    real, ours = judge.lines([line])[0]
    return Difference(difference.case, line, real, ours)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs, prints, and judges the run itself."""
    options = _options(argv)
    began = time.monotonic()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="labmail-fuzz-"))
    folder.chmod(0o755)
    judge = Judge(RealExim(options.exim), Ours(), world.make(folder))
    tally, found = run(
        options.count, options.seed, judge, shrink=not options.long, most=options.show
    )
    for difference in found[: options.show]:
        print(difference.told(folder))
    print(tally.table())
    print(f"\n{tally.summary()}; seed {options.seed}, {time.monotonic() - began:.0f} s, {folder}")
    rare = tally.rare() if options.count >= 100 * ENOUGH else []
    if rare:
        print(f"said fewer than {ENOUGH} times: {', '.join(rare)}")
    fine = tally.answered >= FINE * tally.cases
    return 0 if tally.agreement >= AGREEMENT and not rare and fine else 1


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="fuzz-parity", description=__doc__.partition("\n")[0])
    words.add_argument("count", type=int, nargs="?", default=1000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--show", type=int, default=40, metavar="N", help="differences to print")
    words.add_argument("--long", action="store_true", help="do not look for shorter sentences")
    words.add_argument(
        "--folder", type=Path, help="where the world is made (a new folder under /tmp)"
    )
    words.add_argument("--exim", default="exim4", help="the real program")
    return words.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
