"""``python -m labmail``: the command line, where ``labmail`` is not on the PATH."""

import sys

from labmail.commands import main

if __name__ == "__main__":
    sys.exit(main())
