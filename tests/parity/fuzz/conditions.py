"""Conditions, as they stand after ``${if``, in ``${filter`` and in one another."""

from __future__ import annotations

from . import lists
from .speech import Rule, Speech


def _pair(name: str, kind: str) -> Rule:
    def rule(s: Speech) -> str:
        left = s.say(kind)
        right = left if s.r.random() < 0.2 else s.say(kind)
        return f"{name}{s.gap()}{{{left}}}{s.gap()}{{{right}}}"

    return rule


def _single(name: str, kind: str) -> Rule:
    def rule(s: Speech) -> str:
        return f"{name}{s.gap()}{{{s.say(kind)}}}"

    return rule


def not_(s: Speech) -> str:
    return f"!{s.gap()}{s.condition()}"


def acl(s: Speech) -> str:
    name, value = s.words.one("verdict", "quiet", "colour", "nosuch"), s.words.one("pass", "x")
    return f"acl{{{{{name}}}{{{value}}}}}"


def both(s: Speech) -> str:
    return "and" + _several(s)


def either(s: Speech) -> str:
    return "or" + _several(s)


def _several(s: Speech) -> str:
    inner = "".join(f"{{{s.condition()}}}{s.gap()}" for _ in range(s.r.randint(1, 3)))
    return f"{s.gap()}{{{inner}}}"


TRUTHS = (
    "yes",
    "no",
    "true",
    "false",
    "1",
    "0",
    "",
    "YES",
    " true ",
    "2",
    "maybe",
    "-1",
    "00",
    "t",
)


def bool_(s: Speech) -> str:
    return f"bool{{{s.words.one(*TRUTHS)}}}"


def bool_lax(s: Speech) -> str:
    return f"bool_lax{{{s.words.one(*TRUTHS)}}}"


def crypteq(s: Speech) -> str:
    secret = s.words.one(
        "\\{md5\\}CY9rzUYh03PK3k6DJie09g==", "\\{md5\\}098f6bcd4621d373cade4e832627b4f6",
        "\\{sha1\\}a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", "\\{crypt\\}abJnggxhB/yWI",
        "abJnggxhB/yWI",
        "\\{nosuch\\}x", "\\{md5\\}short", "\\$1\\$ab\\$x", "",
        "\\{sha1\\}qUqP5cyxm6YcTAhz05Hph5gvu9M=",
    )  # fmt: skip
    return f"crypteq{{{s.words.one('test', 'Test', '')}}}{{{secret}}}"


def def_(s: Speech) -> str:
    name = s.words.one("sender_address", "primary_hostname", "acl_m_unset", "h_subject:",
                       "h_nosuch:",
                       "header_from:", "1", "nosuchvar", "sender_host_name", "acl_c0")  # fmt: skip
    return f"def:{name}{s.maybe(' ', 0.2)}"


def exists(s: Speech) -> str:
    return f"exists{{FILES/{s.words.one('users', 'dir', 'none', 'dir/filea', 'users/x')}}}"


def match(s: Speech) -> str:
    return f"match{s.gap()}{s.braced()}{s.braced('pattern')}"


def _each(name: str, kind: str) -> Rule:
    def rule(s: Speech) -> str:
        look = s.r.choice([
            f"eq{{$item}}{{{s.words.word()}}}",
            f"match{{$item}}{{{s.words.one('^a', '.', '[0-9]')}}}",
            f"!eq{{$item}}{{{s.words.small()}}}", "<{${strlen:$item}}{4}",
        ])  # fmt: skip
        return f"{name}{s.gap()}{s.braced(kind, deeper=0.05)}{s.gap()}{{{look}}}"

    return rule


def inbound_srs(s: Speech) -> str:
    local_part = s.words.one("SRS0=abcd=AB=lab.test=ann", "ann", "SRS0=", "")
    return f"inbound_srs{{{local_part}}}{{{s.say()}}}"


def first_delivery(s: Speech) -> str:
    return "first_delivery"


def queue_running(s: Speech) -> str:
    return "queue_running"


NUMERIC = ("<", "<=", "=", "==", ">", ">=")
STRINGS = ("eq", "eqi", "ge", "gei", "gt", "gti", "le", "lei", "lt", "lti")
ARRAYS = ("forall_json", "forany_json", "forall_jsons", "forany_jsons")

CONDITIONS: dict[str, Rule] = {
    "!": not_,
    **{name: _pair(name, "number") for name in NUMERIC},
    **{name: _pair(name, "plain") for name in STRINGS},
    "acl": acl,
    "and": both,
    "bool": bool_,
    "bool_lax": bool_lax,
    "crypteq": crypteq,
    "def": def_,
    "exists": exists,
    "first_delivery": first_delivery,
    "forall": _each("forall", "list"),
    "forany": _each("forany", "list"),
    **{name: _each(name, "json_array") for name in ARRAYS},
    "inbound_srs": inbound_srs,
    "inlist": lambda s: f"inlist{s.braced('plain')}{s.braced('list')}",
    "inlisti": lambda s: f"inlisti{s.braced('plain')}{s.braced('list')}",
    "isip": _single("isip", "ip"),
    "isip4": _single("isip4", "ip"),
    "isip6": _single("isip6", "ip"),
    "match": match,
    **lists.CONDITIONS,
    "or": either,
    "queue_running": queue_running,
}
"""Every condition of chapter 11 that asks nobody outside (not pam, radius, ldapauth, saslauthd)."""
