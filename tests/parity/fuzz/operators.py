"""Operators: ``${name:argument}``. What each works on, and the numbers that may follow its name."""

from __future__ import annotations

from .speech import Rule, Speech

KINDS = {
    "address": "address", "addresses": "addresses", "base32": "number", "base32d": "base32",
    "base62": "number", "base62d": "base62", "base64": "plain", "base64d": "base64",
    "domain": "address", "escape": "plain", "escape8bit": "octets", "eval": "sum", "eval10": "sum",
    "from_utf8": "octets", "hex2b64": "hex", "hexquote": "octets", "ipv6denorm": "ip",
    "ipv6norm": "ip", "lc": "plain", "listcount": "list", "local_part": "address", "md5": "plain",
    "quote": "plain", "quote_local_part": "local_part", "reverse_ip": "ip",
    "rfc2047": "plain", "rfc2047d": "plain", "rxquote": "plain", "sha1": "plain",
    "sha256": "plain", "str2b64": "plain", "strlen": "plain", "time_eval": "time",
    "time_interval": "number", "uc": "plain", "utf8_domain_from_alabel": "idn",
    "utf8_domain_to_alabel": "idn", "utf8_localpart_from_alabel": "idn",
    "utf8_localpart_to_alabel": "idn", "utf8clean": "octets",
}  # fmt: skip
"""Operators without numbers in their names, and the kind of value each works on."""


def _simple(name: str, kind: str) -> Rule:
    def rule(s: Speech) -> str:
        argument = s.say(kind) if s.r.random() < 0.93 else s.say()
        return f"${{{name}:{s.maybe(' ', 0.04)}{argument}}}"

    return rule


def _counted(*names: str) -> Rule:
    """``length_5:``, ``substr_-3_2:``: one number or two in the name."""

    def rule(s: Speech) -> str:
        name = s.r.choice(names)
        first = s.words.index() if "s" in names else s.words.small()
        numbers = first + s.maybe(f"_{s.words.small()}")
        return f"${{{name}_{numbers}:{s.say()}}}"

    return rule


def expand(s: Speech) -> str:
    inner = s.r.choice([s.say(), "\\$domain", "\\${uc:" + s.words.word() + "\\}", "\\$nosuch"])
    return f"${{expand:{inner}}}"


def listnamed(s: Speech) -> str:
    names = ["local_domains", "relay_domains", "inner_nets", "staff", "roles", "nosuch"]
    kind = s.r.choice(["", "", "_d", "_h", "_a", "_l", "_x"])
    return f"${{listnamed{kind}:{s.r.choice(names)}}}"


def mask(s: Speech) -> str:
    return f"${{mask{s.maybe('_n', 0.3)}:{s.say('net', deeper=0.05)}}}"


def quote_lookup(s: Speech) -> str:
    return f"${{quote_{s.r.choice(['sqlite', 'pgsql', 'lsearch', 'nosuch'])}:{s.say()}}}"


def randint(s: Speech) -> str:
    return f"${{if <{{${{randint:{s.words.one('1', '5', '100')}}}}}{{100}}{{small}}{{big}}}}"


def sha2(s: Speech) -> str:
    return f"${{sha2{s.r.choice(['', '_256', '_384', '_512', '_1'])}:{s.say()}}}"


def sha3(s: Speech) -> str:
    return f"${{sha3{s.r.choice(['', '_224', '_256', '_384', '_512', '_1'])}:{s.say()}}}"


def stat(s: Speech) -> str:
    field = s.r.choice(["mode", "smode", "inode", "size", "uid", "gid", "links", "mtime"])
    file = s.r.choice(["FILES/users", "FILES/dir", "FILES/none"])
    return f"${{extract{{{field}}}{{${{stat:{file}}}}}}}"


OPERATORS: dict[str, Rule] = {
    **{name: _simple(name, kind) for name, kind in KINDS.items()},
    "expand": expand,
    "h": _counted("h", "hash"),
    "l": _counted("l", "length"),
    "listnamed": listnamed,
    "mask": mask,
    "nh": _counted("nh", "nhash"),
    "quote_lookup": quote_lookup,
    "randint": randint,
    "s": _counted("s", "substr"),
    "sha2": sha2,
    "sha3": sha3,
    "stat": stat,
}
"""Every operator of chapter 11, by name."""
