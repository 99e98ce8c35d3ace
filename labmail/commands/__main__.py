"""``python -m labmail.commands``: the command line where ``labmail`` is not on the PATH."""

import sys

from .line import main

sys.exit(main())
