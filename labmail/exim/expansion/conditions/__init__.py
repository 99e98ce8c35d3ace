"""Conditions: what stands behind ``${if``. A name and arguments, true or false.

    grouping      and or                         looping    forall forany, and with _json, _jsons
    compare       eq eqi lt lti le lei gt gti ge gei
    number        = == < <= > >=
    truth         bool bool_lax
    defined       def:name
    form          isip isip4 isip6
    matching      match match_domain match_address match_local_part match_ip inlist inlisti
    world         exists first_delivery queue_running
    secrets       crypteq inbound_srs
    asking        acl ldapauth pam pwcheck radius saslauthd

A file is imported when one of its names is first met: the table below says where each lives. To add
a condition, write a function with ``@condition`` beside its siblings and put its name into the
table.

Law: Exim specification, §11.7.

Try: ``drive(expand("${if eqi{a}{A}{same}}", Context()))``.
"""

from __future__ import annotations

from ..context import Context
from ..families import Families
from ..tree import Failure, Node
from .condition import READERS, Condition, Reader, condition, reads

__all__ = ["Condition", "Reader", "condition", "find", "holds", "names", "reads"]

FAMILIES = {
    "grouping": "and or",
    "looping": "forall forany forall_json forany_json forall_jsons forany_jsons",
    "compare": "eq eqi lt lti le lei gt gti ge gei",
    "number": "= == < <= > >=",
    "truth": "bool bool_lax",
    "defined": "def",
    "form": "isip isip4 isip6",
    "matching": ("match match_domain match_address match_local_part match_ip inlist inlisti"),
    "world": "exists first_delivery queue_running",
    "secrets": "crypteq inbound_srs",
    "asking": "acl ldapauth pam pwcheck radius saslauthd",
}

_families = Families(__name__, FAMILIES, READERS)
names, find = _families.names, _families.find


class Not(Node):
    """``!``: the other way round."""

    __slots__ = ("condition",)

    def __init__(self, condition: Node, start: int, end: int) -> None:
        self.condition = condition
        self.start = start
        self.end = end

    async def holds(self, context: Context) -> bool:
        return not await holds(self.condition, context)

    def skip(self) -> str:
        return self.condition.skip()

    def below(self) -> tuple[Node, ...]:
        return (self.condition,)


async def holds(node: Node, context: Context) -> bool:
    """Is a condition true? Seen by the observer if there is one."""
    if isinstance(node, Failure):
        node.now(context)
    if context.observer is not None:
        return await context.observer.watch_condition(node, context)
    return await node.holds(context)  # type: ignore[attr-defined]
