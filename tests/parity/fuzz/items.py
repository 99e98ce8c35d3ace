"""Items: ``${name{argument}…}``. Each function says one, as the specification draws it."""

from __future__ import annotations

from .lookups import LOOKUPS
from .speech import Rule, Speech


def acl(s: Speech) -> str:
    name = s.words.one("verdict", "colour", "nosuch", "quiet")
    args = "".join(s.braced() for _ in range(s.r.randint(0, 3)))
    return f"${{acl{{{name}}}{s.r.choice([args, '{pass}', '{red}'])}}}"


def authresults(s: Speech) -> str:
    return f"${{authresults{s.braced('domain')}}}"


def certextract(s: Speech) -> str:
    field = s.words.one("version", "serial_number", "subject", "issuer,CN", "nosuch")
    return f"${{certextract{{{field}}}{{$tls_in_peercert}}{s.branches()}}}"


def env(s: Speech) -> str:
    return f"${{env{{{s.words.one('PARITY_COLOUR', 'HOME', 'NOSUCH')}}}{s.branches()}}}"


def extract(s: Speech) -> str:
    """By name or by number, from fields or from JSON."""
    roll = s.r.random()
    if roll < 0.35:
        key = s.words.one("uid", "gid", "home", "Z", "UID", "nosuch", "shell", "")
        return f"${{extract{{{key}}}{s.braced('fields')}{s.branches()}}}"
    if roll < 0.65:
        signs = s.words.one(":", ",", ": ", ":,", "@", "=")
        return f"${{extract{s.braced('index')}{{{signs}}}{s.braced('list')}{s.branches()}}}"
    kind = s.words.one("json", "jsons")
    if roll < 0.85:
        key = s.words.one("id", "name", "list", "nosuch", "in")
        return f"${{extract {kind}{{{key}}}{s.braced('json_object')}{s.branches()}}}"
    return f"${{extract {kind}{s.braced('index')}{s.braced('json_array')}{s.branches()}}}"


def filter(s: Speech) -> str:
    return f"${{filter{s.braced('list')}{s.gap()}{{{_about(s, '$item')}}}}}"


def _about(s: Speech, what: str) -> str:
    """A condition that looks at the element."""
    return s.r.choice([
        f"eq{{{what}}}{{{s.words.word()}}}", f"!eqi{{{what}}}{{{s.words.word()}}}",
        f"match{{{what}}}{{{s.words.one('^a', '[0-9]', 'e', '.')}}}", f"isip{{{what}}}",
        f"<{{${{strlen:{what}}}}}{{4}}", f"inlist{{{what}}}{{a:b:ann}}", s.condition(),
    ])  # fmt: skip


def hash(s: Speech) -> str:
    second = s.maybe(s.braced("small"))
    return f"${{hash{s.braced('small')}{second}{s.braced()}}}"


def hmac(s: Speech) -> str:
    name = s.words.one("md5", "sha1", "md5", "sha1", "sha256")
    return f"${{hmac{{{name}}}{s.braced()}{s.braced()}}}"


def if_(s: Speech) -> str:
    return f"${{if{s.r.choice([' ', ' ', '  '])}{s.condition()}{s.gap()}{s.branches()}}}"


def imapfolder(s: Speech) -> str:
    folder = s.words.one("INBOX", "R&D", "caf\xc3\xa9", "a/b", "a.b", "", "\xe2\x82\xac", "x&")
    return f"${{imapfolder{{{folder}}}{s.maybe('{/}')}}}"


def length(s: Speech) -> str:
    return f"${{length{s.braced('small')}{s.braced()}}}"


def listextract(s: Speech) -> str:
    return f"${{listextract{s.braced('index')}{s.braced('list')}{s.branches()}}}"


def listquote(s: Speech) -> str:
    return f"${{listquote{{{s.words.one(':', ';', ',', '', ' ', 'ab')}}}{s.braced()}}}"


def lookup(s: Speech) -> str:
    return LOOKUPS[s.r.choice(list(LOOKUPS))](s)


def map(s: Speech) -> str:
    body = s.r.choice([f"[$item]{s.say(deeper=0.1)}", "${uc:$item}", "$item", "${strlen:$item}:",
                       s.say(deeper=0.2)])  # fmt: skip
    return f"${{map{s.braced('list')}{s.gap()}{{{body}}}}}"


def nhash(s: Speech) -> str:
    return f"${{nhash{s.braced('number')}{s.maybe(s.braced('small'))}{s.braced()}}}"


def perl(s: Speech) -> str:
    return f"${{perl{{{s.words.word()}}}{s.maybe(s.braced())}}}"


def prvs(s: Speech) -> str:
    return f"${{prvs{s.braced('address')}{s.braced()}{s.maybe(s.braced('small'))}}}"


def prvscheck(s: Speech) -> str:
    address = s.r.choice(
        ["${prvs{ann@lab.test}{s}}", s.say("address"), "prvs=0123abcdef=ann@lab.test"]
    )
    answer = s.maybe("{$prvscheck_result $prvscheck_address $prvscheck_keynum}", 0.7) or s.maybe(
        "{}"
    )
    return f"${{prvscheck{{{address}}}{{{s.r.choice(['s', s.say()])}}}{answer}}}"


def readfile(s: Speech) -> str:
    file = s.words.one("text", "noeol", "users", "list", "none", "dir")
    return f"${{readfile{{FILES/{file}}}{s.maybe(s.braced())}}}"


def readsocket(s: Speech) -> str:
    options = s.maybe("{" + s.words.one("3s", "1s:shutdown=no", "5x") + "}" + s.maybe("{}{failed}"))
    where = s.words.one("FILES/none.sock", "bad", "inet:127.0.0.1:1")
    return f"${{readsocket{{{where}}}{{hi}}{options}}}"


def reduce(s: Speech) -> str:
    body = s.r.choice(["$value,$item", "${eval:$value+1}", "${if >{$item}{$value}{$item}{$value}}",
                       s.say(deeper=0.3)])  # fmt: skip
    return f"${{reduce{s.braced('list')}{{{s.words.one('0', '', 'x')}}}{s.gap()}{{{body}}}}}"


def run(s: Speech) -> str:
    command = s.words.one("/bin/echo one two", "/bin/false", "/bin/cat FILES/text", "nosuchprogram",
                          "/none", "/bin/echo 'a b' \\\"c d\\\"", "/bin/echo $primary_hostname",
                          "/bin/sh -c 'exit 3'")  # fmt: skip
    return f"${{run{{{command}}}{s.r.choice(['', '{<$value>}{no $runrc}', '{$value}fail'])}}}"


def sg(s: Speech) -> str:
    with_ = s.r.choice(["X", "[\\$1]", "\\$0\\$0", "", "\\$2-\\$1", s.say(deeper=0.1)])
    return f"${{sg{s.braced()}{s.braced('pattern')}{{{with_}}}}}"


def sort(s: Speech) -> str:
    how = s.words.one("<", ">", "lt", "lti", "gt", "gti", "le", "ge", "eq", "<=")
    key = s.words.one("$item", "${lc:$item}", "${strlen:$item}", "")
    elements = (
        s.say("list") if "lt" in how or "gt" in how else s.words.one("3:1:2", "10:9:8", "1", "")
    )
    return f"${{sort{{{elements}}}{{{how}}}{{{key}}}}}"


def srs_encode(s: Speech) -> str:
    return f"${{srs_encode{s.braced()}{s.braced('address')}{s.braced('domain')}}}"


def substr(s: Speech) -> str:
    second = s.maybe(s.braced("small"))
    return f"${{substr{s.braced('index')}{second}{s.braced()}}}"


def tr(s: Speech) -> str:
    old, new = s.words.one("abc", "a-z", "xyz", "aa", ""), s.words.one("ABC", "1", "")
    return f"${{tr{s.braced()}{{{old}}}{{{new}}}}}"


ITEMS: dict[str, Rule] = {
    rule.__name__.rstrip("_"): rule
    for rule in (
        acl, authresults, certextract, env, extract, filter, hash, hmac, if_, imapfolder, length,
        listextract, listquote, lookup, map, nhash, perl, prvs, prvscheck, readfile, readsocket,
        reduce, run, sg, sort, srs_encode, substr, tr,
    )
}  # fmt: skip
"""Every item of chapter 11 (not ``dlfunc``, which loads machine code)."""
