"""One sentence: what it has said so far, and how deep it is.

The tables of the grammar hold functions that take a `Speech` and give text. What a place in a
sentence asks for is a *kind* (``text``, ``number``, ``list`` …): `Speech.say` answers with a value,
or, not too deep, with another expansion that yields this kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from .words import Words, spell

Rule = Callable[["Speech"], str]
DEEPEST = 3

VARIABLES = [
    "primary_hostname", "qualify_domain", "sender_address", "sender_address_domain", "local_part",
    "domain", "version_number", "recipients_count", "message_size", "exim_uid", "spool_directory",
    "acl_m_unset", "acl_c0", "value", "item", "runrc", "0", "1", "2", "9", "interface_port",
    "sender_host_address", "sender_host_name", "received_protocol", "body_linecount", "nosuchvar",
    "config_dir", "config_file", "lookup_dnssec_authenticated", "sender_rate", "address_data",
    "tls_in_cipher", "header_subject:", "h_x-num:", "rh_subject:", "bh_subject:", "lh_received:",
    "qualify_recipient", "originator_uid", "reply_address", "return_path",
]  # fmt: skip

YIELDS: Mapping[str, tuple[str, ...]] = {
    "number": ("strlen", "eval", "eval10", "listcount", "time_eval", "nhash"),
    "list": ("map", "filter", "sort", "addresses", "listnamed"),
    "address": ("address", "prvs"),
    "domain": ("domain", "lc"),
    "pattern": ("rxquote",),
    "hex": ("md5", "sha1", "sha256"),
    "base64": ("base64", "str2b64"),
    "ip": ("ipv6norm", "mask"),
}
"""Which features yield a value of a kind; every feature yields text."""


class Tables:
    """The features by name, and how often each was said."""

    def __init__(self, items: Mapping[str, Rule], operators: Mapping[str, Rule],
                 conditions: Mapping[str, Rule]) -> None:  # fmt: skip
        self.items, self.operators, self.conditions = items, operators, conditions
        self.expansions = {**operators, **items}
        self.said: Counter[str] = Counter()


class Speech:
    """A sentence being made. ``features`` is what it uses, by name and with what it is."""

    def __init__(self, tables: Tables, r: Random) -> None:
        self.tables, self.r, self.words = tables, r, Words(r)
        self.features: set[str] = set()
        self.depth = 0

    # -- what a place asks for

    def say(self, kind: str = "plain", *, deeper: float = 0.3) -> str:
        """A value of a kind, spelled; or an expansion that yields one."""
        if self.depth < DEEPEST and self.r.random() < deeper:
            if self.r.random() < 0.25:
                return self.variable()
            return self.expansion(self.r.choice(YIELDS.get(kind, tuple(self.tables.expansions))))
        return spell(getattr(self.words, kind)(), self.r)

    def braced(self, kind: str = "plain", **how: float) -> str:
        """``{value}``, with a space where one may stand."""
        return f"{self.gap()}{{{self.say(kind, **how)}}}"

    def gap(self) -> str:
        return " " if self.r.random() < 0.1 else ""

    def variable(self) -> str:
        name = self.r.choice(VARIABLES)
        self.features.add("variable")
        return f"${{{name}}}" if self.r.random() < 0.5 and not name.endswith(":") else f"${name} "

    def maybe(self, text: str, chance: float = 0.5) -> str:
        return text if self.r.random() < chance else ""

    # -- features

    def expansion(self, name: str) -> str:
        """An item or an operator, by name."""
        prefix = "item " if name in self.tables.items else "operator "
        return self._said(prefix + name, self.tables.expansions[name])

    def condition(self, name: str | None = None) -> str:
        """A condition; any, or the named one."""
        if name is None:
            easy = ("eq", "eqi", "match", "bool", "exists", "isip", "inlist", "def", "<")
            name = self.r.choice(easy if self.depth >= DEEPEST else tuple(self.tables.conditions))
        return self._said(f"condition {name}", self.tables.conditions[name])

    def _said(self, feature: str, rule: Rule) -> str:
        self.features.add(feature)
        self.depth += 1
        text = rule(self)
        self.depth -= 1
        return text

    def branches(self, *, value: bool = True) -> str:
        """``{yes}{no}``, ``{yes}``, ``{yes}fail`` or nothing, as after a condition."""
        yes = self.maybe("$value") + self.say(deeper=0.15) if value else self.say(deeper=0.15)
        no = self.say(deeper=0.15)
        return self.r.choice(
            ["", f"{{{yes}}}", f"{{{yes}}}{{{no}}}", f"{{{yes}}}{self.gap()}{{{no}}}",
             f"{{{yes}}}{self.gap()}fail", f"{{{yes}}}{{{no}}}", f"{{<$value>}}{{{no}}}"]
        )  # fmt: skip
