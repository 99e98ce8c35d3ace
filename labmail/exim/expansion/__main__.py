"""The chapter at work: ``python -m labmail.exim.expansion ['${uc:abc}' …]``."""

from __future__ import annotations

import sys

from labmail.exim.files import RealFiles
from labmail.exim.lookups import Searches
from labmail.exim.text import Text

from . import Context, explain

EXAMPLES = (
    "${uc:$local_part}@$domain",
    "${if eq{$domain}{ask.com}{one of ours}{a stranger}}",
    "${map{ann:bob}{<$item@$domain>}}",
    "${if match{$local_part}{^(\\\\w)(.*)\\$}{$2$1}}",
    "${if eq{$domain}{ask.com}{yes}",
)


def main(lines: tuple[str, ...]) -> None:
    """Explains each line for a letter to bob@ask.com."""
    variables = {"local_part": Text("bob", tainted=True), "domain": Text("ask.com", tainted=True)}
    context = Context(variables=variables, files=RealFiles(), searches=Searches(RealFiles()))
    for line in lines:
        print(explain(line, context), end="\n\n")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or EXAMPLES)
