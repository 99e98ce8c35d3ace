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
from .report import ENOUGH, Difference, Tally, quirk
from .sentences import Case, cases
from .shrinking import fewest, fewest_lines, shortest

AGREEMENT = 0.999
FINE = 0.6
FAR = 240
"""How many sentences back a cause is looked for."""


def run(
    count: int, seed: int, judge: Judge, *, shrink: bool = True, most: int = 40
) -> tuple[Tally, list[Difference]]:
    """Asks everything; the first ``most`` differences are shrunk."""
    tally, found = Tally(), []
    asked = list(cases(count, seed))
    said: dict[bool, list[str]] = {}
    for letter, speaker in ((False, judge), (True, judge.with_letter())):
        lines = [case for case in asked if case.config is None and case.letter == letter]
        said[letter] = [case.line for case in lines]
        for case, (real, ours) in zip(lines, speaker.lines(said[letter]), strict=True):
            found += _judged(tally, case, real, ours)
    for case in asked:
        if case.config is not None:
            one, other = judge.called(case.config.text, case.config.included, case.config.arguments)
            found += _judged(tally, case, str(one), str(other))
    if shrink:
        found = [
            shrunk(difference, judge, said[difference.case.letter]) for difference in found[:most]
        ] + found[most:]
    return tally, found


def _judged(tally: Tally, case: Case, real: str, ours: str) -> list[Difference]:
    if real.startswith(DIED):
        tally.died += 1
        return []
    known = quirk(real, ours) if real != ours else None
    if known:
        tally.quirks[known] += 1
        return []
    tally.add(case, real, real == ours)
    if real == ours:
        return []
    shown = case.line if case.config is None else case.config.text
    return [Difference(case, shown, real, ours)]


def shrunk(difference: Difference, judge: Judge, said: Sequence[str] = ()) -> Difference:
    """The same difference in its shortest form, with the answers to that."""
    case = difference.case
    if case.config is None:
        judge = judge.with_letter() if case.letter else judge
        if judge.differ(case.line):
            return _shrunk_line(difference, judge)
        return _after(difference, judge, said)
    config = case.config

    def differs(text: str) -> bool:
        one, other = judge.called(text, config.included, config.arguments)
        return one != other

    text = fewest_lines(config.text, differs)
    one, other = judge.called(text, config.included, config.arguments)
    return Difference(case, text, str(one), str(other))


def _shrunk_line(difference: Difference, judge: Judge) -> Difference:
    def differing(lines: Sequence[str]) -> list[bool]:
        return [one != other and not one.startswith(DIED) for one, other in judge.lines(lines)]

    line = shortest(difference.case.line, differing)
    if not judge.differ(line):
        line = difference.case.line
    real, ours = judge.lines([line])[0]
    return Difference(difference.case, line, real, ours)


def _after(difference: Difference, judge: Judge, said: Sequence[str]) -> Difference:
    """It differs only after something that was said before: which sentences does it take?"""
    line = difference.case.line
    here = said.index(line) if line in said else 0

    def differs(before: Sequence[str]) -> bool:
        real, ours = judge.lines([*before, line])[-1]
        return real != ours and not real.startswith(DIED)

    near = said[max(0, here - FAR) : here]
    before = [sentence for sentence in near if "prvscheck{" not in sentence]
    if not differs(before):
        return difference._replace(shown=f"{line} (only after much else)")
    before = fewest(before, differs)
    real, ours = judge.lines([*before, line])[-1]
    return Difference(difference.case, "\n".join([*before, line]), real, ours)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs, prints, and judges the run itself."""
    options = _options(argv)
    began = time.monotonic()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="labmail-fuzz-"))
    folder.chmod(0o755)
    configuration = world.make(folder)
    (folder / "zones").write_text("{}")
    ours = Ours(LABMAIL_DNS_ZONES=str(folder / "zones"))
    judge = Judge(RealExim(options.exim), ours, configuration)
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
