"""The files and the configuration that every sentence is spoken in.

The folder's name stands as ``FILES`` in a sentence: a macro of the configuration, so that a
sentence is the same in every folder.
"""

from __future__ import annotations

import shutil
import sqlite3
import struct
import subprocess
from pathlib import Path

CONFIGURATION = """\
FILES = {folder}
spool_directory = FILES/spool
log_file_path = FILES/spool/%slog
primary_hostname = mx1.lab.test
qualify_domain = lab.test
keep_environment = PARITY_COLOUR
domainlist local_domains = lab.test : *.campus.test : !guest.campus.test
domainlist relay_domains = <; partner.test ; ^shop\\\\d+\\\\.test\\$
hostlist inner_nets = <; 10.20.0.0/16 ; 192.0.2.7 ; 2001:db8:5::/48
addresslist staff = ann@lab.test : *@staff.test : ^prof-.*@lab\\\\.test\\$
localpartlist roles = postmaster : abuse : ^team-
acl_smtp_rcpt = accept
begin acl
verdict:
  accept condition = ${{if eq{{$acl_arg1}}{{pass}}}}
         message   = value was $acl_arg1 of $acl_narg
  deny   message   = refused $acl_arg1
colour:
  accept set acl_m_seen = ${{uc:$acl_arg1}}
         message = seen $acl_m_seen
quiet:
  accept
"""

FILES = {
    "users": (
        'ann: uid=1001 home=/home/ann shell=/bin/sh\nben: uid=1002 home="/home/ben roe" shell=\n'
        '# a comment\n*: nobody here\n"quoted key": has spaces\ncara:\tTabbed value\n'
        "dora: first line\n  second line\n\n  third line\nempty:\nempty2\n*@lab.test: a domain\n"
    ),
    "domains": (
        "alpha.test: one\n*.beta.test: two\nstar.test : three\n*.gamma.test: sub\n*: any\n"
        "dom.lab.test: prefixed\ncampus.test: whole\n"
    ),
    "wild": (
        "^mail\\\\d+\\\\.wild\\\\.test\\$: regex hit\n*.wild.test: star hit\n^(?i)LAB: caseless\n"
        "*suffix: tail\nplain.wild.test: plain\n"
    ),
    "nwild": "^mail\\d+\\.wild\\.test$: regex hit\n*.wild.test: star hit\n^x: ex\n",
    "nets": (
        '10.1.0.0/16: net16\n10.1.2.3: exact\n"2001:db8::/32": v6net\n192.0.2.0/24: docs\n'
        "*: other\n"
    ),
    "text": "line one\nline two\n\nline four\n",
    "noeol": "no newline at end",
    "list": "a\nb # note\n\n# all comment\nc d\n",
    "dir/filea": "A\n",
    "dir/fileb": "B\n",
    "message": (
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\nMessage-Id: <one@lab.test>\n"
        "From: Ann Lee <ann@lab.test>\nTo: ben@lab.test,\n cara@lab.test\n"
        "Subject: =?utf-8?Q?caf=C3=A9_time?=\nReceived: by mx1 one\nReceived: by mx2 two\n"
        "X-Num: 42\n"
        "X-Empty:\nX-Colon: a:b\nCc: Dora <dora@lab.test>\n\nHello body\nsecond line\n"
    ),
}  # fmt: skip

TABLE = {"ann": "first", "ben": "second value", "quoted key": "spaced", "*": "default"}
"""What the databases hold."""


def make(folder: Path) -> Path:
    """Writes the world into a folder; gives the configuration."""
    (folder / "spool").mkdir(parents=True, exist_ok=True)
    (folder / "spool").chmod(0o777)  # Exim gives up its rights and still writes its logs
    (folder / "dir/sub").mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    (folder / "users.cdb").write_bytes(cdb({k.encode(): v.encode() for k, v in TABLE.items()}))
    _dbm(folder)
    (folder / "data.sqlite").unlink(missing_ok=True)
    with sqlite3.connect(folder / "data.sqlite") as database:
        database.execute("create table t (k text, v text)")
        database.executemany("insert into t values (?, ?)", sorted(TABLE.items()))
    database.close()
    configuration = folder / "exim.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder))
    return configuration


def _dbm(folder: Path) -> None:
    """Exim's own builder makes them, where it is installed; elsewhere they are missing for all."""
    builder = shutil.which("exim_dbmbuild", path="/usr/sbin:/usr/bin")
    if builder is None:
        return
    (folder / "table").write_text("".join(f'"{k}": {v}\n' for k, v in TABLE.items()))
    for options, name in (((), "users.db"), (("-nozero",), "users.nz.db")):
        (folder / name).unlink(missing_ok=True)
        made = [builder, *options, str(folder / "table"), str(folder / "made")]
        subprocess.run(made, check=True, capture_output=True)
        written = next(path for path in (folder / "made", folder / "made.db") if path.exists())
        written.rename(folder / name)


def cdb(table: dict[bytes, bytes]) -> bytes:
    """A constant database, as D. J. Bernstein's cdbmake writes it."""
    records, position = b"", 2048
    slots: list[list[tuple[int, int]]] = [[] for _ in range(256)]
    for key, value in table.items():
        mark = 5381
        for octet in key:
            mark = ((mark * 33) & 0xFFFFFFFF) ^ octet
        slots[mark & 255].append((mark, position))
        records += struct.pack("<II", len(key), len(value)) + key + value
        position = 2048 + len(records)
    head, tables = b"", b""
    for entries in slots:
        size = 2 * len(entries)
        head += struct.pack("<II", position + len(tables), size)
        row: list[tuple[int, int]] = [(0, 0)] * size
        for mark, where in entries:
            at = (mark >> 8) % size
            while row[at][1]:
                at = (at + 1) % size
            row[at] = (mark, where)
        tables += b"".join(struct.pack("<II", *entry) for entry in row)
    return head + records + tables
