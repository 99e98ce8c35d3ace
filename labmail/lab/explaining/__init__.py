"""Why? Strings and ways, explained with a host's own files and names; and what if …?

    strings      what a string comes to, for a reader; expanding: what Exim sees of a host
    walking      where a configuration would send an address
    whatif       what another answer of the administrator would change; show_whatif: how that looks

Try: ``print(explain("${uc:$local_part}", local_part="bob"))``.
"""

from __future__ import annotations

from .strings import explain, octets, words
from .walking import walk
from .whatif import WhatIf, what_if

__all__ = ["WhatIf", "explain", "octets", "walk", "what_if", "words"]
