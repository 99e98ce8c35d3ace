"""Expansion: a string with ``$`` in it becomes a string without.

    context       what is known to whoever asks: variables, the letter, files, lookups
    parser        text to tree             cursor, escapes: what it reads with
    tree          what the tree is made of
    evaluator     tree to text             explaining  the same, and why
    variables/    $domain
    operators/    ${lc:…}                  operation   one of them in the tree
    items/        ${extract{…}{…}}         branches    {yes}{no} at the end of many items
    conditions/   ${if eq{…}{…}…}
    lists/        domains, hosts, addresses, local parts
    acl           the little of ACLs that a string can ask for

Law: Exim specification, chapter 11.

Try: ``drive(expand("${uc:abc}", Context()))``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .context import Context
from .evaluator import expand
from .parser import parse

if TYPE_CHECKING:
    from .explaining import Explanation, explain

__all__ = ["Context", "Explanation", "expand", "explain", "parse"]


def __getattr__(name: str) -> Any:
    if name in ("Explanation", "explain"):
        from importlib import import_module

        module = import_module(f"{__name__}.explaining")
        globals()["explain"] = module.explain
        return getattr(module, name)
    raise AttributeError(name)
