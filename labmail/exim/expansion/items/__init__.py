"""Items: ``${extract{…}{…}{…}}``. A name, and arguments in braces.

    decisions     if
    finding       lookup
    extracting    extract                   json: what extract does with json
    listing       listextract
    looping       map filter reduce         sorting: sort
    pieces        length substr hash nhash tr
    patterns      sg
    quoting       listquote imapfolder
    secrets       hmac prvs prvscheck srs_encode
    outside       env readfile readsocket       running: run
    asking        acl authresults certextract dlfunc perl

A file is imported when one of its names is first met: the table below says where each lives. To add
an item, write a function with ``@item`` beside its siblings, or a node with ``@reads`` in a file of
its own, and put its name into the table.

Law: Exim specification, §11.5.

Try: ``parse("${length{2}{abc}}").told()``.
"""

from __future__ import annotations

from ..families import Families
from .item import READERS, Item, Reader, item, reads

__all__ = ["Item", "Reader", "find", "item", "names", "reads"]

FAMILIES = {
    "decisions": "if",
    "finding": "lookup",
    "extracting": "extract",
    "listing": "listextract",
    "looping": "map filter reduce",
    "sorting": "sort",
    "pieces": "length substr hash nhash tr",
    "patterns": "sg",
    "quoting": "listquote imapfolder",
    "secrets": "hmac prvs prvscheck srs_encode",
    "outside": "env readfile readsocket",
    "running": "run",
    "asking": "acl authresults certextract dlfunc perl",
}

_families = Families(__name__, FAMILIES, READERS)
names, find = _families.names, _families.find
