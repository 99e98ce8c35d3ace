"""labmail on the command line: ``labmail serve``, ``labmail demo``.

Each command is a file of this folder with a function ``run(arguments)`` that gives an exit code:
0 for success, 1 for a mistake that the message explains, 2 for words that were not understood.
``labmail exim`` is a folder, since it has a language of its own, and exit codes too: Exim's.
"""

from .line import main

__all__ = ["main"]
