"""What real Exim and ours are both asked: a transport each, with the option that matters.

``DIR`` is the folder that belongs to the test. A program is a script in ``DIR/bin``; since a
script of a lab host runs on the real machine, it finds the host's files below ``$LAB_ROOT``, which
is empty for the real one.
"""

from __future__ import annotations

from typing import Any

from .sides import ACCEPT, BOUNCES, BOX, Case

SHOW = b"""#!/bin/sh
out=$1; shift
{ for a; do echo "arg<$a>"; done; env | grep -v -e LAB_ROOT -e ^PWD | sort; cat; } > $LAB_ROOT$out
"""
FILES: dict[str, bytes | str] = {
    "bin/show": SHOW,
    "bin/say": b"#!/bin/sh\ncat >/dev/null; echo out line; echo second >&2; exit $1\n",
    "bin/kill": b"#!/bin/sh\nkill -9 $$\n",
    "bin/slow": b"#!/bin/sh\nsleep 5\n",
    "bin/much": b"#!/bin/sh\nyes | head -c 100000\n",
    "bin/upper": b"#!/bin/sh\nsed -e s/line/LINE/ -e s/last/LAST/\n",
    "bin/false": b"#!/bin/sh\nexit 1\n",
    "home/note": "note $local_part\n",
}
AFFIXES = """r:
  driver = accept
  local_part_prefix = x-
  local_part_suffix = -y
  transport = t
  headers_add = X-R: 1
"""
FILTER = """a:
  driver = redirect
  senders = !:
  allow_filter
  data = "#Exim filter\\n{}"
  reply_transport = t
  pipe_transport = p
  file_transport = f
  directory_transport = f
  user = Debian-exim
b:
  driver = accept
  transport = box
"""


def transport(driver: str, *options: str, more: str = "") -> str:
    lines = "".join(f"  {option}\n" for option in options)
    return f"t:\n  driver = {driver}\n{lines}{more}{BOX}"


def append(
    *options: str,
    routers: str = ACCEPT,
    there: dict[str, bytes | str] | None = None,
    others: str = "",
    **more: Any,
) -> Case:
    """``there`` are further files, ``others`` further transports."""
    text = transport("appendfile", *options, more=others)
    return Case(text, routers, files=FILES | (there or {}), **more)


def pipe(*options: str, routers: str = BOUNCES, **more: Any) -> Case:
    return Case(transport("pipe", *options), routers, files=FILES, **more)


def reply(*options: str, routers: str = BOUNCES, **more: Any) -> Case:
    return Case(transport("autoreply", *options), routers, files=FILES, **more)


def filtered(text: str, *options: str) -> Case:
    others = "p:\n  driver = pipe\nf:\n  driver = appendfile\n"
    return Case(transport("autoreply", *options, more=others), FILTER.format(text), files=FILES)


TWO = ("ann@lab.test", "ben@lab.test")
FILE, FOLDER = "file = DIR/out/f", "directory = DIR/out/q"
TO, TEXT = "to = $sender_address", "text = x"
SHOWS = "command = DIR/bin/show DIR/out/x"

CASES: dict[str, Case] = {
    # ── appendfile ──
    "marks": append(FILE, "return_path_add", "envelope_to_add", "delivery_date_add"),
    "tainted": append("file = DIR/out/$local_part"),
    "relative": append("file = box"),
    "unknown variable": append("file = ${bogus}"),
    "forced failure": append("file = ${if eq{1}{2}{x}fail}"),
    "no file": append(),
    "format": append(
        FILE,
        'message_prefix = "BEGIN $local_part\\n"',
        'message_suffix = "END\\n"',
        "check_string = line",
        "escape_string = LINE",
        "headers_add = X-A: 1\\nX-B: $domain",
        "headers_remove = subject : mess*",
    ),
    "bsmtp": append(FILE, "use_bsmtp", "batch_max = 10", 'message_suffix = "#\\n"', recipients=TWO),
    "crlf": append(FILE, "use_crlf"),
    "quota": append(FILE, "quota = 100"),
    "folder": append(FOLDER, "directory_file = $sender_address_local_part-x"),
    "no folder": append(FOLDER, "no_create_directory"),
    "maildir": append(FOLDER, "maildir_format", "quota = 1M", "maildir_tag = ,S=x"),
    "letters": append(
        FOLDER, "maildir_format", "quota = 1M", "quota_filecount = 4", recipients=TWO
    ),
    "octets": append(FOLDER, "maildir_format", "quota = 100"),
    "outside home": append(FILE, "create_file = belowhome", "home_directory = DIR/home"),
    "must exist": append(FILE, "file_must_exist"),
    "too big": append(FILE, "message_size_limit = 50"),
    "bad limit": append(FILE, "message_size_limit = x"),
    "body only": append(FILE, "body_only"),
    "headers only": append(FILE, "headers_only"),
    "rewrite": append(FILE, "headers_rewrite = sender@far.test other@x.test f"),
    "return path": append(FILE, "return_path = x-$local_part@y.test", "return_path_add"),
    "batch": append(FILE, "batch_max = 2", "envelope_to_add", recipients=(*TWO, "cara@lab.test")),
    "bad home": append(FILE, "home_directory = rel"),
    "filter": append(FILE, "transport_filter = DIR/bin/upper"),
    # ── pipe ──
    "words": pipe(
        f"{SHOWS} \"a b\" 'c $primary_hostname' $primary_hostname $pipe_addresses "
        '"${if eq{1}{1}{y n}}" "x\\ty" \\$z',
        "home_directory = DIR/home",
    ),
    "shared run": pipe(
        f"{SHOWS} $pipe_addresses",
        "batch_max = 10",
        "use_bsmtp",
        "environment = A=1:B=$domain",
        "path = /bin:DIR/bin",
        recipients=TWO,
    ),
    **{
        f"exit {code}": pipe(f"command = DIR/bin/say {code}", "log_output")
        for code in (0, 1, 64, 73, 75, 127, 128, 129, 255)
    },
    "any is temporary": pipe("command = DIR/bin/say 3", "temp_errors = *"),
    "output returned": pipe("command = DIR/bin/say 0", "return_output"),
    "status ignored": pipe("command = DIR/bin/say 3", "ignore_status"),
    "failing output logged": pipe("command = DIR/bin/say 1", "log_fail_output"),
    "late output logged": pipe("command = DIR/bin/say 75", "log_defer_output"),
    "missing": pipe("command = DIR/bin/nothing"),
    "missing on path": pipe("command = nothing"),
    "missing, frozen": pipe("command = DIR/bin/nothing", "freeze_exec_fail"),
    "signal": pipe("command = DIR/bin/kill"),
    "signal, frozen": pipe("command = DIR/bin/kill", "freeze_signal"),
    "slow": pipe("command = DIR/bin/slow", "timeout = 1s"),
    "slow, later": pipe("command = DIR/bin/slow", "timeout = 1s", "timeout_defer"),
    "too much": pipe("command = DIR/bin/much", "max_output = 100"),
    "stranger's program": pipe("command = DIR/bin/$local_part"),
    "stranger's word": pipe(f"{SHOWS} $h_subject:"),
    "not allowed": pipe(SHOWS, "allow_commands = /bin/true"),
    "allowed": pipe(SHOWS, "allow_commands = DIR/bin/show"),
    "restricted": pipe(SHOWS, "restrict_to_path"),
    "restricted, missing": pipe("command = nocat", "restrict_to_path"),
    "restricted, there": pipe(
        "command = show DIR/out/x", "restrict_to_path", "path = DIR/bin:/bin:/usr/bin"
    ),
    "no command": pipe(),
    "bad word": pipe("command = DIR/bin/show ${bogus}"),
    "affixes": pipe(
        f"{SHOWS} $pipe_addresses",
        "return_path_add",
        "envelope_to_add",
        "message_suffix =",
        "headers_add = X-T: $sender_address $return_path",
        routers=AFFIXES,
        recipients=("x-ann-y@lab.test",),
    ),
    # ── autoreply ──
    "reply": reply(TO, 'subject = "Re: $h_subject:"', 'text = "I am away.\\nBye"'),
    "whole reply": reply(
        TO,
        'subject = "Re: $h_subject:"',
        'text = "I am away.\\nBye"',
        "cc = cc@lab.test",
        "bcc = bcc@lab.test",
        "from = Ann <ann@lab.test>",
        "reply_to = ann2@lab.test",
        "headers = X-One: 1\\nX-Two: 2",
        "file = DIR/home/note",
        "file_expand",
        "log = DIR/out/log",
        "return_message",
    ),
    "never": reply(TO, TEXT, "never_mail = sender@far.test"),
    "stranger's file": reply(TO, "file = DIR/$local_part"),
    "missing file": reply(TO, "file = DIR/nothing"),
    "file optional": reply(TO, "file = DIR/nothing", "file_optional"),
    "nothing said": reply(TO),
    "to nobody": reply(TEXT),
    "unprintable": reply(TO, 'subject = "a\\001b"'),
    "bad text": reply(TO, "text = ${bogus}"),
    "bad time": reply(TO, "once = DIR/out/once", "once_repeat = x"),
    # ── filters ──
    "mail": filtered(
        'mail to x@lab.test cc y@lab.test subject \\"hi there\\" text \\"body text\\" '
        'extra_headers \\"X-E: 1\\" from ann@lab.test reply_to r@lab.test return message'
    ),
    "vacation": filtered(
        "vacation file DIR/home/note log DIR/out/vlog once DIR/out/once once_repeat 7d"
    ),
    "pipe command": filtered(
        "pipe \\\"DIR/bin/show DIR/out/x '\\\\$primary_hostname' \\\\$primary_hostname\\\""
    ),
    "save": filtered("save DIR/out/s 0640"),
    "save in folder": filtered("save DIR/out/sd/"),
}
SHADOW = "s:\n  driver = appendfile\n  file = DIR/out/"
LARGE = b"x" * 500 + b"\n"
SIZED = (FOLDER, "maildir_format", "maildir_use_size_file")
BY_NAME = (FOLDER, "quota = 700", r"quota_size_regex = ,S=(\d+)$")
CY = "cy@other.test"

CASES |= {
    # ── generic ──
    "shadow": append(FILE, "shadow_transport = s", others=f"{SHADOW}s\n"),
    "shadow fails": append(FILE, "shadow_transport = s", others=f"{SHADOW}$local_part\n"),
    "shadow unknown": append(FILE, "shadow_transport = s"),
    "no shadow": append(
        FILE, "shadow_transport = s", "shadow_condition = no", others=f"{SHADOW}s\n"
    ),
    "bad shadow": append(
        FILE, "shadow_transport = s", "shadow_condition = ${bogus}", others=f"{SHADOW}s\n"
    ),
    "not logged": append(FILE, "disable_logging"),
    "failure not logged": append(FILE, "disable_logging", "message_size_limit = 50"),
    "affixes in a file": append(
        FILE, "envelope_to_add", routers=AFFIXES, recipients=("x-ann-y@lab.test",)
    ),
    "affixes included": append(
        FILE, "rcpt_include_affixes", routers=AFFIXES, recipients=("x-ann-y@lab.test",)
    ),
    "affixes fail": append(
        FILE, "message_size_limit = 50", routers=AFFIXES, recipients=("x-ann-y@lab.test",)
    ),
    "affixes wait": append("file = box", routers=AFFIXES, recipients=("x-ann-y@lab.test",)),
    "bad return path": append(FILE, "return_path = ${bogus}"),
    "return path forced": append(FILE, "return_path = ${if eq{1}{2}{x}fail}", "return_path_add"),
    "null return path": append(FILE, "return_path = <>", "return_path_add"),
    # ── appendfile: formats ──
    "mailstore": append(FOLDER, "mailstore_format"),
    "mailstore, more": append(
        FOLDER,
        "mailstore_format",
        "mailstore_prefix = pre\\n",
        "mailstore_suffix = suf\\n",
        "message_prefix = P\\n",
        "message_suffix = S\\n",
    ),
    "mailstore, shared": append(FOLDER, "mailstore_format", "batch_max = 5", recipients=TWO),
    "format known": append(FILE, 'file_format = "From : t : *mbx* : m"', recipients=TWO),
    "format unknown": append(FILE, 'file_format = "From : t"', there={"out/f": "hello\n"}),
    "format of another": append(
        FILE,
        'file_format = "From : t : #own : m"',
        there={"out/f": "#own x\n"},
        others="m:\n  driver = appendfile\n  file = DIR/out/f\n  message_prefix = XX\\n\n",
    ),
    "batch id": append(
        FILE, "batch_max = 5", "batch_id = $domain", "envelope_to_add", recipients=(*TWO, CY)
    ),
    "tag with a slash": append(FOLDER, "maildir_format", "maildir_tag = /x"),
    "tag with a colon": append(FOLDER, "maildir_format", "maildir_tag = :2,S"),
    "folder is a file": append("directory = DIR/home/note"),
    "Maildir is a file": append("directory = DIR/home/note", "maildir_format"),
    "name with a slash": append(FOLDER, "directory_file = a/b"),
    "bad name": append(FOLDER, "directory_file = ${bogus}"),
    "fcntl only": append(FILE, "no_use_lockfile", there={"out/f.lock": "x"}),
    # ── appendfile: how much ──
    "maildirsize": append(*SIZED, "quota = 10000"),
    "maildirsize, no quota": append(*SIZED),
    "maildirsize, two": append(*SIZED, "quota = 10000", "quota_filecount = 5", recipients=TWO),
    "maildirsize, full": append(*SIZED, "quota = 500", recipients=TWO),
    "maildirfolder": append(
        "directory = DIR/out/q/.sub",
        "maildir_format",
        r"maildirfolder_create_regex = /\.[^/]+$",
    ),
    "sizes in names": append(*BY_NAME, there={"out/q/x,S=10": LARGE}),
    "sizes in names, full": append(*BY_NAME, there={"out/q/x,S=600": "x\n"}),
    "size known": append(
        FILE, "quota = 700", "mailbox_size = 10", there={"out/f": LARGE * 2 + b"\n"}
    ),
    "size wrong": append(FILE, "quota = 700", "mailbox_size = x"),
    "count known": append(FOLDER, "quota = 7000", "quota_filecount = 3", "mailbox_filecount = 2"),
    "count known, full": append(
        FOLDER, "quota = 7000", "quota_filecount = 3", "mailbox_filecount = 3"
    ),
    "quota of the others": append(FILE, "quota = 100", "no_quota_is_inclusive", recipients=TWO),
    "quota wrong": append(FILE, "quota = x"),
    "count wrong": append(FOLDER, "quota = 1M", "quota_filecount = x"),
    "nobody looks": append(FILE, "quota = 100/no_check"),
    # ── programs ──
    "filter, no string": append(FILE, "transport_filter = ${if eq{1}{2}{x}fail}"),
    "bad environment": pipe(SHOWS, "environment = ${bogus}"),
    "environment without a value": pipe(SHOWS, "environment = A : B=1"),
    "long output, whatever": pipe("command = DIR/bin/much", "max_output = 100", "ignore_status"),
    "reply to two": reply("to = x@lab.test, y@lab.test", TEXT),
}
