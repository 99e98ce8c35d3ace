"""Chains of routers, alias lists and addresses: where does each address go?

A configuration has two to six routers with preconditions of every kind, lists with every kind of
item, and is asked with ``-bt`` or ``-bv`` about addresses that have a chance of meeting them.

Run alone: ``python -m tests.parity.fuzz.routing 2000 --seed 1``; with alias files and forward files
``--lists``; with a name server ``--names`` (see `hosts`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from .configurations import Configuration
from .mailhost import HEAD, TRANSPORTS
from .slips import slip

DOMAINS = ["lab.test", "lab.test", "a.test", "b.a.test", "far.test"]
PARTS = ["ann", "ben", "root", "nobody", "team", "list", "Ann", "x.y", "daemon"]
LISTS = """\
local_interfaces = 127.0.0.1
domainlist ours = lab.test : a.test
localpartlist staff = ann : ben : root
"""
TAIL = f"""{TRANSPORTS}own:
  driver = smtp
  hosts = 192.0.2.99
  hosts_override
local:
  driver = lmtp
  socket = DIR/sock
"""
FILES = {
    "aliases": "team: ann, ben\nlist: team, x@far.test\nann: root\nx.y: :fail: no such person\n"
    "loop: loop2\nloop2: loop\nroot: \\root, /var/mail/root\nAnn: ben\n",
    "people": "ann: 1\nben: two words\nroot: r\n",
    "domains": "a.test: A\n*.a.test: B\nlab.test: L\n",
    "included": "ben, nobody@far.test\n# note\nann\n",
    "empty": "",
}


class Writer:
    """Writes one configuration, and notes what it uses."""

    def __init__(self, r: Random) -> None:
        self.r = r
        self.features: set[str] = set()
        self.names: list[str] = []

    def one(self, *of: str) -> str:
        return self.r.choice(of)

    def chance(self, of: float) -> bool:
        return self.r.random() < of

    def write(self) -> str:
        self.names = [f"r{n}" for n in range(1, self.r.randint(2, 6) + 1)]
        routers = "".join(self.router(name) for name in self.names)
        return f"{HEAD}{LISTS}{self.main()}begin routers\n{routers}{TAIL}"

    def main(self) -> str:
        lines = [
            "qualify_recipient = a.test\n",
            "percent_hack_domains = lab.test\n",
            "hosts_treat_as_local = *.a.test\n",
            "allow_domain_literals\n",
        ]
        return "".join(line for line in lines if self.chance(0.07))

    # -- routers

    def router(self, name: str) -> str:
        kind = self.one("accept", "accept", "redirect", "redirect", "redirect", "manualroute",
                        "manualroute", "ipliteral", "queryprogram")  # fmt: skip
        self.features.add(f"router {kind}")
        own: dict[str, Callable[[], list[str]]] = {
            "accept": lambda: [f"transport = {self.transport()}"],
            "redirect": self.redirect,
            "manualroute": self.manualroute,
            "ipliteral": lambda: ["transport = smtp"],
            "queryprogram": self.queryprogram,
        }
        lines = [f"driver = {kind}", *self.preconditions(), *own[kind](), *self.afterwards()]
        once = {line.partition("=")[0].strip(): line for line in lines}
        return f"{name}:\n" + "".join(f"  {line}\n" for line in once.values())

    def transport(self) -> str:
        return self.one("box", "box", "smtp", "local", "program", "own", "nosuch",
                        "${if eq{$local_part}{ann}{box}{local}}")  # fmt: skip

    def preconditions(self) -> list[str]:
        every: dict[str, tuple[str, ...]] = {
            "domains": (
                "lab.test",
                "+ours",
                "! +ours",
                "*.test",
                "lab.test : a.test",
                "*.a.test",
                "lsearch;DIR/domains",
                "partial-lsearch;DIR/domains",
                "^[ab]\\\\.",
                "${if eq{$sender_address_domain}{lab.test}{a.test}{lab.test}}",
                "@ : lab.test",
                "+nosuch",
                "${bad:x}",
                "",
            ),
            "local_parts": (
                "ann : ben",
                "! ann",
                "+staff",
                "lsearch;DIR/people",
                "^[a-c]",
                "*n",
                "Ann",
                "root : nobody",
                "+caseful : Ann",
                "${lc:ANN}",
                "passwd;$local_part",
                "! +staff : x.y",
                "",
            ),
            "local_part_prefix": ("owner-", "*-", "real- : owner-", "OWNER-"),
            "local_part_suffix": ("+*", "-request : -owner", "-*", ".y"),
            "caseful_local_part": ("true",),
            "senders": (
                ":",
                "*@lab.test",
                "! *@lab.test",
                "root@*",
                "^root",
                "x@y : ",
                "${if def:home{*}{}}",
            ),
            "condition": (
                "${if eq{$local_part}{ann}}",
                "yes",
                "no",
                "0",
                "",
                "${if bogus{x}}",
                "${lookup{$local_part}lsearch{DIR/people}}",
                "${if match{$local_part}{^(.)(.*)}{yes}}",
                "$local_part",
                "${if eq{$domain_data}{lab.test}}",
                "${if def:local_part_data}",
                "${if eq{$parent_local_part}{team}}",
                "${if eq{$original_local_part}{team}}",
                "${if eq{$local_part_prefix$local_part_suffix}{}}",
                "${if eq{$home}{/root}}",
                "${if eq{a}{b}{x}fail}",
            ),
            "require_files": (
                "DIR/people",
                "!DIR/people",
                "DIR/nosuch",
                "nobody:DIR/people",
                "!DIR/people:!DIR/nosuch",
                "nosuch",
                "$home/x",
                "root,mail:DIR/people",
                "+DIR/people",
                "relative/x",
            ),
            "check_local_user": ("true",),
            "router_home_directory": ("/tmp", "DIR/$local_part_data", "${bad:x}", "/a/$home"),
            "verify_only": ("true",),
            "verify": ("false",),
            "verify_recipient": ("false",),
            "verify_sender": ("false",),
            "address_test": ("false",),
            "fail_verify": ("true",),
            "fail_verify_recipient": ("true",),
        }
        often = {"domains": 0.45, "local_parts": 0.45, "condition": 0.25, "check_local_user": 0.15}
        lines = []
        for name, values in every.items():
            if not self.chance(often.get(name, 0.07)):
                continue
            self.features.add(f"router option {name}")
            if name in ("local_part_prefix", "local_part_suffix") and self.chance(0.6):
                lines.append(f"{name}_optional")
            lines.append(f"{name} = {self.one(*values)}")
        return lines

    def afterwards(self) -> list[str]:
        every: dict[str, tuple[str, ...]] = {
            "more": ("false", "${if eq{$local_part}{ann}{yes}{no}}", "${bad:x}$x", "x$local_part"),
            "unseen": ("true", "${if eq{$local_part}{ann}{yes}{no}}", "${if eq{a}{b}{x}fail}"),
            "address_data": ("a $local_part",
                             "${lookup{$local_part}lsearch{DIR/people}{$value}fail}",
                             "$address_data+$address_data", "${bad:x}"),
            "set": ("r_one = $local_part", "r_one = ${lookup{$local_part}lsearch{DIR/people}}",
                    "r_a = 1; r_b = $r_a$r_one", "x = 1", "r_f = ${if eq{a}{b}{x}fail}"),
            "cannot_route_message": ("no way for $local_part at $domain", "${bad:x}", "",
                                     "$r_one $address_data", "${if eq{a}{b}{x}fail}"),
            "errors_to": ("boss@lab.test", "", "${bad:x}", "${if eq{a}{b}{x}fail}"),
            "headers_add": ("X-One: $local_part", "${bad:x}"),
            "headers_remove": ("subject : x", "${if eq{a}{b}{x}fail}"),
            "pass_router": (self.one(*self.names),),
            "self": ("pass", "send", "fail", "defer", "freeze", "reroute: a.test",
                     "reroute: rewrite: far.test"),
            "user": ("nobody", "${if eq{$local_part}{ann}{nobody}{root}}", "nosuch$local_part",
                     "${bad:x}"),
            "ignore_target_hosts": ("192.0.2.1", "192.0.2.0/24", "<; ::1 ; 192.0.2.2"),
            "fallback_hosts": ("192.0.2.7 : b.test",),
        }  # fmt: skip
        often = {"more": 0.15, "unseen": 0.15, "self": 0.15, "cannot_route_message": 0.12}
        lines = []
        for name, values in every.items():
            if self.chance(often.get(name, 0.06)):
                self.features.add(f"router option {name}")
                lines.append(f"{name} = {self.one(*values)}")
        return lines

    # -- what a driver has of its own

    def redirect(self) -> list[str]:
        lines = [self.source()]
        options = {
            "allow_fail": 0.5, "allow_defer": 0.5, "forbid_file": 0.1, "forbid_pipe": 0.1,
            "forbid_include": 0.1, "forbid_blackhole": 0.1, "check_ancestor": 0.15,
            "one_time": 0.05, "no_repeat_use": 0.1, "skip_syntax_errors": 0.15,
            "qualify_preserve_domain": 0.1, "forbid_smtp_code": 0.1,
            "include_directory = DIR": 0.1, "include_directory = /nosuch": 0.05,
            "file_transport = box": 0.7, "pipe_transport = program": 0.7,
            "directory_transport = box": 0.6, "reply_transport = answer": 0.5,
            "file_transport = nosuch": 0.03, "qualify_domain = a.test": 0.1,
            "qualify_domain = ${bad:x}": 0.02, "check_owner": 0.05, "check_group": 0.05,
            "owners = root": 0.05, "modemask = 027": 0.05, "modemask = 0777": 0.05,
        }  # fmt: skip
        for option, often in options.items():
            if self.chance(often):
                self.features.add(f"redirect option {option.partition(' ')[0]}")
                lines.append(option)
        if self.chance(0.1):
            lines.append(f"redirect_router = {self.one(*self.names)}")
        if "qualify_preserve_domain" in lines:
            lines = [line for line in lines if not line.startswith("qualify_domain")]
        return lines

    def source(self) -> str:
        if self.chance(0.15):
            self.features.add("redirect file")
            return "file = " + self.one("DIR/included", "DIR/empty", "DIR/nosuch",
                                        "DIR/$local_part", "DIR/$local_part_data",
                                        "DIR", "${bad:x}", "people",
                                        "${if eq{a}{b}{x}fail}")  # fmt: skip
        if self.chance(0.35):
            return "data = " + self.one(
                "${lookup{$local_part}lsearch{DIR/aliases}}",
                "${lookup{$local_part}lsearch{DIR/aliases}{$value}fail}",
                "$local_part@far.test",
                "${if eq{$local_part}{ann}{ben}{ann}}",
                "$local_part_data",
                "${bad:x}",
            )
        items = [self.item() for _ in range(self.r.randint(1, 3))]
        listed = self.one(", ", ",", " , ").join(items)
        if self.chance(0.12):
            listed = slip(listed, self.r).replace("\n", "")
        return f"data = {listed}"

    def item(self) -> str:
        kind = self.one("address", "address", "address", "file", "pipe", "special", "odd")
        self.features.add(f"redirect item {kind}")
        if kind == "address":
            return self.address()
        if kind == "file":
            return self.one("/a/b", "/a/b/", "/dev/null", "/a@b.test", "/x y", "/")
        if kind == "pipe":
            return self.one("|/bin/cat", "|/bin/x -a b", "|x@y.test", "|", "|/bin/x 'a,b'")
        if kind == "special":
            return self.one(":fail: not here", ":fail:", ":defer: later", ":blackhole:",
                            ":unknown:", ":include:DIR/included", ":include: DIR/empty",
                            ":include:DIR/nosuch", ":include:relative", ":fail: 550 5.1.1 gone",
                            ":fail: 450 x", ":include:")  # fmt: skip
        return self.one("\\\\ann", "<ann@a.test>", "Ann Lee <ann@lab.test>", "# note", "(x)",
                        "ann (x)", "ann@", "@a.test", "a b", "<ann", "ann@a..test",
                        "ann@[192.0.2.1]", "\\\\ann@a.test", "ann%far.test", "", "<>",
                        "@a.test:ann@lab.test")  # fmt: skip

    def manualroute(self) -> list[str]:
        lines = ["transport = " + self.one("smtp", "smtp", "smtp", "own", "box")]
        if self.chance(0.25):
            lines.append("route_data = " + self.one("192.0.2.1", "", "192.0.2.1:192.0.2.2 byname",
                         "${if eq{$domain}{far.test}{192.0.2.5}}", "${bad:x}",
                         "${if eq{a}{b}{x}fail}", "192.0.2.1 nosuch"))  # fmt: skip
        else:
            rules = [self.rule() for _ in range(self.r.randint(1, 3))]
            lines.append("route_list = " + " ; ".join(rules))
        for name in ("host_find_failed", "host_all_ignored"):
            if self.chance(0.25):
                self.features.add(f"manualroute option {name}")
                values = ("decline", "defer", "fail", "freeze", "pass", "ignore")
                lines.append(
                    f"{name} = {self.one(*values[: 6 if name == 'host_find_failed' else 5])}"
                )
        return lines

    def rule(self) -> str:
        domain = self.one("*", "far.test", "*.test", "lab.test", "^(.)\\\\.test", "*.a.test",
                          "lsearch;;DIR/domains", "! far.test", "+ours", "+nosuch")  # fmt: skip
        hosts = self.one("192.0.2.1", "192.0.2.1:192.0.2.2", '"192.0.2.1 : 192.0.2.2"',
                         "192.0.2.1::587", "127.0.0.1", "192.0.2.1:127.0.0.1:192.0.2.2",
                         "0.0.0.0", '""', "${bad:x}", "[192.0.2.1]::26", "192.0.2.$1", "$value",
                         "192.0.2.1:+:192.0.2.3", "nosuch..name", "$domain_data")  # fmt: skip
        return f"{domain} {hosts} {self.one('', '', '', 'byname', 'box', 'own byname', 'nosuch', 'no_randomize')}"  # noqa: E501

    def queryprogram(self) -> list[str]:
        line = self.one("ACCEPT TRANSPORT=box", "DECLINE", "PASS", "FAIL no", "DEFER later",
                        "FREEZE", "redirect ann@far.test", "ACCEPT HOSTS=192.0.2.1",
                        "accept transport=box data=x", "redirect :fail: x", "WHAT", "redirect",
                        "ACCEPT TRANSPORT=nosuch", "$local_part")  # fmt: skip
        return [f"command = /bin/echo {line}", "command_user = nobody", "transport = smtp"]

    # -- addresses

    def address(self) -> str:
        part = self.one(*PARTS)
        return part if self.chance(0.4) else f"{part}@{self.one(*DOMAINS)}"

    def asked(self) -> str:
        part = self.one(*PARTS, *PARTS, "owner-ann", "real-ben", "ann+x", "list-request", "ANN",
                        "x-y-ann", "ann%far.test", '"ann"', '"a b"', "loop")  # fmt: skip
        domain = self.one(
            *DOMAINS, *DOMAINS, "LAB.test", "[192.0.2.8]", "[127.0.0.1]", "mx1.lab.test"
        )
        address = part if self.chance(0.25) else f"{part}@{domain}"
        return slip(address, self.r).replace("\n", "") if self.chance(0.03) else address


def configuration(r: Random) -> Configuration:
    """A chain of routers, and what is asked about it."""
    writer = Writer(r)
    text = writer.write()
    return Configuration(text, FILES, asked_how(writer, text), frozenset(writer.features))


def asked_how(writer: Writer, text: str) -> tuple[str, ...]:
    """The arguments that ask about a configuration: how, and about whom."""
    how = [writer.one("-bt", "-bt", "-bt", "-bv", "-bvs")]
    if "check_local_user" in text or "user = " in text.partition("begin transports")[0]:
        how = ["-bt"]  # to verify, Exim gives up its rights, and then cannot become that user
    if how[0] != "-bt" and writer.chance(0.3):
        how.insert(0, "-v")
    if writer.chance(0.25):
        how[:0] = ["-f", writer.one("root@lab.test", "x@y", "<>", "boss@a.test")]
    asked = [word for word in (writer.asked() for _ in range(writer.r.randint(1, 4))) if word]
    writer.features.add(f"routing {how[-1]}")
    return (*how, *(word for word in asked if not word.startswith("-")), "ann")


def main(argv: Sequence[str] | None = None) -> int:
    """Routing alone."""
    from . import hosts, redirection
    from .__main__ import shrunk
    from .engines import Judge, Ours, RealExim
    from .report import Difference, Tally, quirk
    from .sentences import Case

    words = argparse.ArgumentParser(prog="fuzz-routing")
    words.add_argument("count", type=int, nargs="?", default=300)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--show", type=int, default=10)
    words.add_argument("--lists", action="store_true", help="alias files and forward files")
    words.add_argument("--names", action="store_true", help="with a name server")
    words.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = words.parse_args(argv)
    folder = options.inside or Path(tempfile.mkdtemp(prefix="labmail-fuzz-"))
    for path in (folder, folder / "spool"):
        path.mkdir(exist_ok=True)
        path.chmod(0o777)
    if options.names and not options.inside:
        return hosts.again([*(argv or sys.argv[1:]), "--inside", str(folder)], folder)
    (folder / "zones").write_text(hosts.for_labmail() if options.names else "{}")
    write = hosts.configuration if options.names else configuration
    write = redirection.configuration if options.lists else write
    judge = Judge(RealExim(), Ours(LABMAIL_DNS_ZONES=str(folder / "zones")), folder / "exim.conf")
    tally, found = Tally(), []
    for number in range(options.count):
        config = write(Random(f"{options.seed}/{number}"))
        one, other = judge.called(config.text, config.included, config.arguments)
        case = Case(number, config.features, config=config)
        known = quirk(str(one), str(other)) if one != other else None
        if known:
            tally.quirks[known] += 1
            continue
        tally.add(case, str(one), one == other)
        if one != other:
            found.append(Difference(case, config.text, str(one), str(other)))
    for difference in found[: options.show]:
        print(shrunk(difference, judge).told(folder))
    print(tally.table())
    print(tally.summary())
    return 0 if tally.agreement >= 0.999 else 1


if __name__ == "__main__":
    sys.exit(main())
