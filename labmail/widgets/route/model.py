"""What the page is told of a walk: plain data, made anew for each address and configuration.

    chains      one for each address: passes through the routers, the first for the address itself,
                then one for each address that it became
    passes      hops, the routers that were not asked any more, and the ends
    hops        a router: its verdict, and the questions that were asked, each with the line of the
                option that decided
    difference  the place of the first hop at which two addresses part

Every sentence comes from the engine; the page only lays it out.

Try: ``model(walk(["bob@ask.com"], text))["chains"]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labmail.lab.explaining import words
from labmail.lab.explaining.walking import GIVEN

from .chain import chain

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Block
    from labmail.lab.explaining.walking import Walks

Model = dict[str, Any]


def model(walks: Walks) -> Model:
    """Everything that is drawn."""
    chains = [chain(told, walks.configuration) for told in walks.explanations]
    return {
        "chains": chains,
        "routers": [_span(block) for block in walks.configuration.routers],
        "transports": [_span(block) for block in walks.configuration.transports],
        "difference": difference(chains),
        "words": "\n".join(words(str(told)) for told in walks.explanations),
    }


def difference(chains: list[Model]) -> int | None:
    """The first hop at which two addresses part; None where they do not.

    >>> hops = [{"router": "a", "verdict": "accepts"}], [{"router": "a", "verdict": "declines"}]
    >>> difference([{"passes": [{"hops": one}]} for one in hops])
    0
    """
    if len(chains) < 2:
        return None
    one, other = (chain["passes"][0]["hops"] for chain in chains[:2])
    for at in range(max(len(one), len(other))):
        pair = [hops[at] if at < len(hops) else None for hops in (one, other)]
        if None in pair or _gist(pair[0]) != _gist(pair[1]):
            return at
    return None


def _gist(hop: Model | None) -> tuple[str, str]:
    return (hop["router"], hop["verdict"]) if hop else ("", "")


def _span(block: Block) -> Model:
    """Where a block stands in the configuration, and where each option does."""
    lines = [line for file, line in block.places.values() if file == block.file]
    return {
        "name": words(block.name),
        "here": block.file == GIVEN,
        "from": block.line,
        "to": max([block.line, *lines]),
    }
