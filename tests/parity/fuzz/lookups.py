"""Lookups: which sort, which keys, with which trimmings (``partial-``, ``*``, ``,ret=full``)."""

from __future__ import annotations

from .speech import Rule, Speech

KINDS = {
    "lsearch": ("users", ("lsearch", "lsearch*", "lsearch*@", "lsearch,ret=full",
                          "partial-lsearch")),
    "partial": ("domains", ("partial-lsearch", "partial-lsearch*", "partial1-lsearch",
                            "partial0-lsearch",
                            "partial3-lsearch*", "partial(dom.)lsearch", "partial2(.)lsearch",
                            "partial()lsearch")),
    "wildlsearch": ("wild", ("wildlsearch", "wildlsearch*", "partial-wildlsearch")),
    "nwildlsearch": ("nwild", ("nwildlsearch", "nwildlsearch,ret=full")),
    "iplsearch": ("nets", ("iplsearch", "iplsearch*")),
    "dsearch": ("dir", ("dsearch", "dsearch,ret=full", "dsearch,filter=file", "dsearch,filter=dir",
                        "dsearch,filter=subdir", "dsearch*", "dsearch,ret=x")),
    "cdb": ("users.cdb", ("cdb", "cdb*", "cdb*@")),
    "dbm": ("users.db", ("dbm", "dbm*")),
    "dbmnz": ("users.nz.db", ("dbmnz", "dbmnz*")),
}  # fmt: skip
"""Lookups in files: the file that each is tried on, and how it may be written."""


def _in_file(name: str) -> Rule:
    file, ways = KINDS[name]

    def rule(s: Speech) -> str:
        s.features.add(f"lookup {name}")
        kind = s.words.rare(
            s.r.choice(ways), s.words.one("nosuch", name + "x", "lsearch,x=y", ""), 0.03
        )
        where = s.words.rare(file, s.words.one("none", "users", "dir"), 0.04)
        answer = s.r.choice(["{$value}{none}", "{$1/$2/$value}{none}", "", s.branches()])
        key = f"{{{_key(s, file)}}}"
        return f"${{lookup{s.gap()}{key}{s.gap()}{kind}{s.gap()}{{FILES/{where}}}{answer}}}"

    return rule


def _key(s: Speech, file: str) -> str:
    if file == "nets":
        return s.say("ip", deeper=0.05)
    if file == "dir":
        return s.words.one("filea", "sub", "nosuch", "", ".", "..", "a/b")
    if file in ("domains", "wild", "nwild"):
        return s.say("domain", deeper=0.05)
    return s.say("address" if s.r.random() < 0.1 else "key", deeper=0.1)


def sqlite(s: Speech) -> str:
    s.features.add("lookup sqlite")
    query = s.words.one("select v from t where k='ann'", "select * from t order by k", "select",
                        "select 1",
                        "select k,v from t where k='ben'", "select null", "select count(*) from t",
                        "select v from t where k='${quote_sqlite:an'n}'")  # fmt: skip
    if s.r.random() < 0.5:
        return f"${{lookup sqlite,file=FILES/data.sqlite{{{query}}}{s.branches()}}}"
    return f"${{lookup sqlite{{FILES/data.sqlite {query}}}{s.branches()}}}"


def passwd(s: Speech) -> str:
    s.features.add("lookup passwd")
    name = s.words.one("root", "daemon", "nosuchuser", "")
    asked = f"{{{name}}}passwd" if s.r.random() < 0.1 else f"{s.gap()}passwd{{{name}}}"
    return f"${{lookup{asked}{s.branches()}}}"


LOOKUPS: dict[str, Rule] = {
    **{name: _in_file(name) for name in KINDS},
    "sqlite": sqlite,
    "passwd": passwd,
}
