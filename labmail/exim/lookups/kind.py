"""The word that names a kind of lookup, and all that can be hung on it.

        partial2(.)   lsearch   *@   ,ret=full
        │      │      │         │    └ options, each after a comma
        │      │      │         └ and if nothing is found, "*@domain", then "*"
        │      │      └ the kind
        │      └ what stands before a shortened key in the file; "-" means "*."
        └ the key may lose components in front, as long as two remain

Law: Exim specification, §9.1 (options), §9.6 (defaults), §9.7 (partial matching).

Try: ``parse("partial0(.)lsearch*@,ret=full")``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from labmail.exim.errors import ExpansionFailed
from labmail.exim.lookups.table import KINDS, QUERY

_PARTIAL = re.compile(r"partial([0-9]*)(?:-|\(([!-(*-/:-@[-`{-~]*)\))")
"""In brackets stands punctuation, but no closing bracket."""
_AT_LEAST = 2
"""How many components of a key remain, where the word does not say."""


class Kind(NamedTuple):
    """A kind of lookup as it is asked for.

    ``partial`` is the least number of components that remain of a shortened key, None without
    partial matching; ``default`` is "", "*" or "*@"; ``style`` is "single-key" or "query".
    """

    name: str
    style: str
    partial: int | None = None
    affix: str = "*."
    default: str = ""
    options: tuple[str, ...] = ()

    @property
    def cached(self) -> bool:
        """May an answer that is remembered be given again? ``cache=no_rd`` says no."""
        return "cache=no_rd" not in self.options

    def option(self, name: str) -> str | None:
        """The value of the last option of that name: ``ret`` of ``lsearch,ret=full`` is "full"."""
        for option in reversed(self.options):
            if option.startswith(f"{name}="):
                return option[len(name) + 1 :]
        return None


@lru_cache(maxsize=256)
def parse(word: str) -> Kind:
    """The kind of lookup that a word asks for.

    >>> parse("partial0(.)lsearch*,ret=full").options
    ('ret=full',)

    ExpansionFailed, in Exim's words, for a kind that nobody knows and for one that can't be asked
    in that way.
    """
    partial, affix, rest = _partial(word)
    name, default, options = _tail(rest)
    if name not in KINDS:
        raise ExpansionFailed(f'unknown lookup type "{name}"', help=_help(name))
    style = KINDS[name][1]
    if style == QUERY:
        _refuse_keys(rest, partial, default)
    return Kind(name, style, partial, affix, default, options)


def _partial(word: str) -> tuple[int | None, str, str]:
    """How short a key may become, what stands before it, and the rest of the word."""
    if not word.startswith("partial"):
        return None, "*.", word
    match = _PARTIAL.match(word)
    if match is None:
        raise ExpansionFailed(
            f'format error in lookup type "{word}"',
            help='write "partial-", "partial1-" or "partial(.)"',
        )
    affix = "*." if match[2] is None else match[2]
    return int(match[1]) if match[1] else _AT_LEAST, affix, word[match.end() :]


def _tail(rest: str) -> tuple[str, str, tuple[str, ...]]:
    """The name of the kind, the default, and the options.

    A star ends the name wherever it stands, behind a comma too; what follows it up to the next
    comma counts for nothing.
    """
    name, star, after = rest.partition("*")
    if star:
        default = "*@" if after.startswith("@") else "*"
        options = after.partition(",")[2]
    else:
        default = ""
        name, _, options = rest.partition(",")
    return name, default, tuple(options.split(",")) if options else ()


def _refuse_keys(rest: str, partial: int | None, default: str) -> None:
    """A query has no key that could be shortened or replaced."""
    if partial is not None:
        raise ExpansionFailed(f'"partial" is not permitted for lookup type "{rest}"')
    if default:
        raise ExpansionFailed(
            f'defaults using "*" or "*@" are not permitted for lookup type "{rest}"'
        )


def _help(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, KINDS, n=1)
    return f"did you mean {near[0]}?" if near else f"known are: {', '.join(KINDS)}"
