"""``python -m labmail.exim.config FILE``: the lines of a configuration as they are read.

Before each stands where it ends. Conditional parts are decided and macros spliced in, those of Exim
itself left out: they are a matter of `labmail.exim.options`.
"""

from __future__ import annotations

import sys

from labmail.exim.config.macros import Macros
from labmail.exim.config.source import Source
from labmail.exim.errors import ConfigError
from labmail.exim.files import RealFiles


def main(path: str) -> int:
    """Prints the lines of a file; 1 if it cannot be read."""
    macros, files = Macros(), RealFiles()
    source = Source(files, path, files.read_bytes(path), path.rpartition("/")[0] or ".", macros)
    try:
        while (line := source.next()) is not None or source.section:
            line = line or f"begin {source.section}"
            print(f"{source.file}:{source.line}: {line}")
            if "A" <= line[:1] <= "Z" and "=" in line:
                macros.define(line)
    except ConfigError as error:
        print(f"{source.file}:{source.line}: {error.message}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]) if len(sys.argv) > 1 else __doc__)
