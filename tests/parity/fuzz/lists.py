"""Lists: domains, hosts, addresses, local parts; every sort of element, in any order.

Which elements stand in a list, and in which order, decides; what is tried on it comes from the same
small stock of names, so that lists match about as often as not.
"""

from __future__ import annotations

from .speech import Rule, Speech

DOMAINS = {
    "exact": ("lab.test", "LAB.test", "alpha.test", "campus.test"),
    "under": ("*.campus.test", "*test", "*.test", "*b.test", "*"),
    "named": ("+local_domains", "+relay_domains", "!+local_domains", "+nosuch", "+staff"),
    "own": ("@", "@[]"),
    "regex": ("^shop", "^\\\\N(.*)\\.test$", "\\N^shop\\d+\\.test$\\N", "^(", "^(?i)LAB"),
    "lookup": ("lsearch;FILES/domains", "partial-lsearch;FILES/domains", "nwildlsearch;FILES/nwild",
               "wildlsearch;FILES/wild", "dsearch;FILES/dir", "cdb;FILES/users.cdb",
               "lsearch;FILES/none"),
}  # fmt: skip
HOSTS = {
    "exact": ("192.0.2.7", "10.1.2.3", "::1", "2001:db8:5::1", "127.0.0.1"),
    "net": ("10.20.0.0/16", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "::/0", "10.20.30.0/33",
            "fe80::/10"),
    "all": ("*", ""),
    "named": ("+inner_nets", "!+inner_nets", "+nosuch"),
    "lookup": ("net-iplsearch;FILES/nets", "iplsearch;FILES/nets", "net24-lsearch;FILES/nets",
               "net-lsearch;FILES/nets", "net32-lsearch;FILES/nets"),
    "regex": ("^10\\\\.", "\\N^10\\.\\N"),
}  # fmt: skip
ADDRESSES = {
    "exact": ("ann@lab.test", "ANN@lab.test", "ben@LAB.TEST", "Ann@lab.test"),
    "domain": ("lab.test", "*.test", "*@lab.test", "*@*.campus.test", "ben@*", "@",
               "ann@+local_domains"),
    "named": ("+staff", "!+staff", "+nosuch"),
    "regex": ("^b.*@", "\\N^prof-.*@lab\\.test$\\N", "^(.*)@(.*)"),
    "lookup": ("lsearch;FILES/users", "lsearch*@;FILES/users", "@@lsearch;FILES/users",
               "@@lsearch*;FILES/users", "lsearch;FILES/none"),
    "empty": ("", "<>"),
}  # fmt: skip
LOCAL_PARTS = {
    "exact": ("ann", "Ann", "postmaster", "POSTMASTER", "a.b"),
    "under": ("*", "*-request", "*n", "owner-*"),
    "named": ("+roles", "!+roles", "+nosuch"),
    "regex": ("^team-", "\\N^(\\w+)-list$\\N", "^(?-i)POST"),
    "lookup": ("lsearch;FILES/users", "lsearch*;FILES/users", "cdb;FILES/users.cdb",
               "wildlsearch;FILES/wild"),
}  # fmt: skip
STOCK = {"domain": DOMAINS, "ip": HOSTS, "address": ADDRESSES, "local_part": LOCAL_PARTS}


def elements(s: Speech, kind: str) -> list[str]:
    """One to four elements, some of them negated."""
    stock, found = STOCK[kind], []
    for _ in range(s.r.randint(1, 4)):
        sort = s.r.choice(list(stock))
        s.features.add(f"list {kind} {sort}")
        element = s.r.choice(stock[sort])
        if s.r.random() < 0.2:
            s.features.add("list negated")
            element = f"!{s.maybe(' ', 0.2)}{element}"
        found.append(element)
    return found


def written(s: Speech, kind: str) -> str:
    """The list, with one of the separators; hosts need one that is not in an address."""
    sign = ";" if kind == "ip" or s.r.random() < 0.15 else ":"
    found = [element.replace(";", ";;" if sign == ";" else ";") for element in elements(s, kind)]
    head = "" if sign == ":" else f"<{sign} "
    return head + s.r.choice([f" {sign} ", sign]).join(found)


def _matched(kind: str) -> Rule:
    def rule(s: Speech) -> str:
        return f"match_{kind}{s.gap()}{s.braced(kind, deeper=0.1)}{s.gap()}{{{written(s, kind)}}}"

    return rule


CONDITIONS: dict[str, Rule] = {f"match_{kind}": _matched(kind) for kind in STOCK}
