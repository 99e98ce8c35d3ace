"""The chapter at work: ``python -m labmail.exim.lookups [KIND FILE KEY]``.

Without words it makes a small table and asks it in several ways; each answer says why.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from labmail.exim.drive import drive
from labmail.exim.errors import EximError
from labmail.exim.files import RealFiles
from labmail.exim.lookups import Searches, parse
from labmail.exim.text import Text

TABLE = """\
# who gets what
ann: /home/ann/Maildir
*.ask.com: anybody of ask.com
"two words": a quoted key
*: nobody we know
"""
EXAMPLES = (
    ("lsearch", "ann"),
    ("lsearch", "ANN"),
    ("lsearch", "two words"),
    ("lsearch", "bob"),
    ("lsearch*", "bob"),
    ("partial-lsearch", "mail.one.ask.com"),
    ("lsearch,ret=full", "ann"),
    ("lsaerch", "ann"),
)


def ask(kind: str, place: str, key: str) -> str:
    """A lookup and its answer, in two lines."""
    asked = f"${{lookup{{{key}}}{kind}{{{place}}}}}"
    try:
        found = drive(Searches(RealFiles()).find(parse(kind), Text(place), Text(key)))
    except EximError as failed:
        return f"{asked}\n    {failed.message} ({failed.help})"
    value = "nothing" if found.value is None else repr(found.value.text)
    return f"{asked}\n    {value}: {found.why}"


def main(words: list[str]) -> None:
    """One lookup, or those of the chapter."""
    if words:
        print(ask(*words))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_text(TABLE)
        for kind, key in EXAMPLES:
            print(ask(kind, str(path), key).replace(folder, "…"))


if __name__ == "__main__":
    main(sys.argv[1:])
