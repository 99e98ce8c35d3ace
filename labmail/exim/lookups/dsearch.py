"""dsearch: is there such an entry in a directory?

    ${lookup {bob} dsearch {/var/mail}}                      bob
    ${lookup {bob} dsearch,ret=full {/var/mail}}             /var/mail/bob
    ${lookup {bob} dsearch,filter=subdir {/srv/domains}}     bob, if it is a directory

This is how a name that a stranger chose becomes one that the configuration may use: the answer is
not tainted, since the administrator made the file.

Law: Exim specification, §9.3. Several filters mean any of them, and one that Exim doesn't know
means nothing. Symbolic links are not followed.
"""

from __future__ import annotations

import errno
import os
import stat

from labmail.exim.errors import Deferred
from labmail.exim.lookups.lsearch import cannot_open
from labmail.exim.lookups.table import Answer, CannotOpen, Question, Table, World, look

_FILTERS = {
    "filter=file": lambda mode, name: stat.S_ISREG(mode),
    "filter=dir": lambda mode, name: stat.S_ISDIR(mode),
    "filter=subdir": lambda mode, name: stat.S_ISDIR(mode) and name not in (".", ".."),
}


class Dsearch:
    """A directory."""

    def __init__(self, path: str) -> None:
        self.path = path

    async def find(self, question: Question, world: World) -> Answer:
        """The name of the entry, or with ``ret=full`` its path. Deferred if it can't be told."""
        name = question.key
        if "/" in name:
            raise Deferred(f"key for dsearch lookup contains a slash: {name}")
        path = f"{self.path}/{name}"
        try:
            mode = world.files.lstat(path).st_mode
        except OSError as wrong:
            if wrong.errno == errno.ENOENT:
                return Answer(None, f"there is no {path}")
            raise Deferred(f"{path}: lstat: {os.strerror(wrong.errno or 0)}") from None
        wanted = [_FILTERS[option] for option in question.options if option in _FILTERS]
        if wanted and not any(fits(mode, name) for fits in wanted):
            return Answer(None, f"{path} is of another type than {', '.join(question.options)}")
        return Answer(path if "ret=full" in question.options else name, f"there is {path}")


def open_table(name: str, where: str, world: World) -> Table:
    """The directory as a table. CannotOpen where it is none that may be read."""
    try:
        look(world.files, where)
        world.files.listdir(where)
    except OSError as wrong:
        raise cannot_open(where, "directory search", wrong) from None
    if not stat.S_ISDIR(world.files.stat(where).st_mode):
        raise CannotOpen(f"{where} is not a directory (dsearch lookup)")
    return Dsearch(where)
