r"""Lookups written by hand: small tables, and what is asked of them.

DIR is the folder of the tables.

A line of `ASKED` is the kind, the file (a dot for a query), and the key or the query.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.exim.lookups.oracle import Case
from tests.exim.lookups.tables import cdb_file

TABLES = {
    "aliases": """\
ann: uid=1001 home=/home/ann
"quoted key": q
"esc\\x41\\"k" : w
*.beta.test: two
*: nobody here
*@dom: anybody there
b : :fail:
c
d::x
e	:  tab
  goes on

# a comment
   not any more
f goes
	on
""",
    "domains": """\
a.b.c: exact
*.b.c: w2
*.c: w1
.b.c: d2
.c: d1
.: d0
*: star
b.c: p2
c: p1
++c: q1
++: q0
*@dom.x: at
+: one
""",
    "wild": """\
*.a.b suffix
^x\\d+ digits
^y(?-i)Z caseful
lsearch;DIR/aliases nested
DIR/list fileitem
@ at
+foo plus
!neg: negation
""",
    "list": "# comment\nli1\n li2 # hash\nli3 x\n!li4\n",
    "badregex": "^( bad\n",
    "badkind": "nosuch;/x bad\n",
    "badfile": "lsearch;DIR/nofile bad\n",
    "badlist": "DIR/nofile bad\n",
    "badkey": "iplsearch;DIR/nets bad\n",
    "nets": """\
10.0.0.0/8: ten
"2001:db8::/32": six
1.2.3.4 one
bogus: x
"::ffff:9.9.9.9" wrapped
192.0.2.0/: all
*: star
""",
    "empty": "",
    "notdb": "not a database\n",
}

ASKED = r"""
lsearch|aliases|ann
lsearch|aliases|ANN
lsearch|aliases|b
lsearch|aliases|c
lsearch|aliases|d
lsearch|aliases|e
lsearch|aliases|f
lsearch|aliases|goes
lsearch|aliases|quoted key
lsearch|aliases|escA"k
lsearch|aliases|zed
lsearch*|aliases|zed
lsearch*@|aliases|x@dom
lsearch*@|aliases|x@y@dom
lsearch*@|aliases|@dom
lsearch*@|aliases|x@other
lsearch*@|aliases|ann
lsearch,ret=full|aliases|e
lsearch,ret=full|aliases|escA"k
lsearch,ret=key|aliases|ANN
lsearch,ret=full,ret=key|aliases|ann
lsearch,ret=bogus,zork|aliases|ann
lsearch,cache=no_rd|aliases|ann
lsearch,|aliases|ann
lsearch*x|aliases|zed
lsearch*x,ret=full|aliases|zed
lsearch,ret=full*|aliases|zed
lsearch@|aliases|zed
LSEARCH|aliases|ann
partial-lsearch|aliases|a.beta.test
partial-lsearch|aliases|beta.test
partial-lsearch|aliases|ann
partial0-lsearch|aliases|a.b.zz
partial-lsearch|domains|a.b.c
partial-lsearch|domains|z.b.c
partial-lsearch|domains|z.z.c
partial1-lsearch|domains|z.z.c
partial3-lsearch|domains|z.z.b.c
partial(.)lsearch|domains|z.b.c
partial1(.)lsearch|domains|z.z.c
partial0(.)lsearch|domains|z.z.z
partial0(++)lsearch|domains|z.z.z
partial0(+.)lsearch|domains|z.z.z
partial1(++)lsearch|domains|z.c
partial1()lsearch|domains|z.b.c
partial1()lsearch|domains|z.c
partial0()lsearch|domains|z.z
partial0()lsearch*|domains|z.z
partial(++)lsearch*|domains|z.z
partial0(+)lsearch*|domains|z.z
partial-lsearch*@|domains|q.z@dom.x
partial99-lsearch*|domains|z
partial-lsearch|domains|.b.c
partial-lsearch|domains|b.c.
partial1-lsearch|domains|x..c
partial0-lsearch|domains|...
partial-lsearch,ret=full|domains|x.b.c
partialx-lsearch|domains|a
partial5lsearch|domains|a
partial(lsearch|domains|a
partial(a.)lsearch|domains|a
partial|domains|a
partial-|domains|a
partial-partial-lsearch|domains|a
lsearch|DIR|ann
lsearch|nofile|ann
nosuch|aliases|ann
net-lsearch|aliases|ann
nwildlsearch|wild|zed.A.B
nwildlsearch|wild|X12
nwildlsearch|wild|yz
nwildlsearch|wild|yZ
nwildlsearch|wild|neg
nwildlsearch|wild|ann
nwildlsearch|wild|li1
nwildlsearch|wild|li2
nwildlsearch|wild|li3
nwildlsearch|wild|li4
nwildlsearch|wild|@
nwildlsearch|wild|+foo
nwildlsearch|badregex|x
nwildlsearch|badkind|x
nwildlsearch|badfile|x
nwildlsearch|badlist|x
nwildlsearch|badkey|x
nwildlsearch|d|x
iplsearch|d|x
iplsearch|nets|10.2.3.4
iplsearch,ret=full|nets|10.2.3.4
iplsearch|nets|2001:db8::1
iplsearch|nets|::ffff:1.2.3.4
iplsearch|nets|2002::1
iplsearch|nets|9.9.9.9
iplsearch|nets|::ffff:9.9.9.9
iplsearch*|nets|2002::1
iplsearch|nets|*
iplsearch|nets|1.2.3
iplsearch|nets|1.2.3.04
iplsearch|nets|10.2.3.4/8
partial-iplsearch|nets|2002::1
dsearch|d|fa
dsearch|d|zz
dsearch,ret=full|d|fa
dsearch,ret=key,ret=full|d|fa
dsearch|d|ln
dsearch,filter=file|d|ln
dsearch,filter=file|d|fa
dsearch,filter=file|d|sub
dsearch,filter=dir|d|.
dsearch,filter=subdir|d|..
dsearch,filter=subdir|d|sub
dsearch,filter=subdir,filter=file|d|fa
dsearch,filter=bogus|d|fa
dsearch|d/fa|fa
dsearch|nodir|fa
dsearch|d|LONG
dsearch|d|../x
partial1()dsearch|d|x.sub
cdb|users.cdb|ann
cdb|users.cdb|ANN
cdb*|users.cdb|zed
partial-cdb|users.cdb|x.beta.test
cdb|users.cdb|empty
cdb|nofile|ann
cdb|d|ann
cdb|cut.cdb|ann
dbm|users.dbm|ann
dbm|users.dbm|ANN
dbm|users.dbm|two words
dbmnz|users.dbm|ann
dbm*|users.dbm|zed
dbmnz|tree.dbm|key17
dbmnz|tree.dbm|long
dbmjz|tree.dbm|a:b
dbmjz|tree.dbm|<; a ; b
dbmjz|tree.dbm|a:b:
dbm|nofile|ann
dbm|notdb|ann
dbm|empty|ann
dbm|d|ann
passwd|.|root
passwd,ret=key|.|root
passwd|.|nobody-has-this-name
passwd*|.|root
partial-passwd|.|root
partial-passwd*|.|root
sqlite,file=DIR/users.sqlite|.|select * from users order by name
sqlite,file=DIR/users.sqlite|.|select name from users order by name
sqlite,file=DIR/users.sqlite|.|select quota from users where name='ann'
sqlite,file=DIR/users.sqlite|.|select quota, note from users where name='cy'
sqlite,file=DIR/users.sqlite|.|select name from users where name='zed'
sqlite,file=DIR/users.sqlite|.|select bogus
sqlite,file=DIR/users.sqlite|.|select 1; select 2, 3; select ';'
sqlite,file=DIR/users.sqlite|.|select 1 -- ; no more
sqlite,file=DIR/users.sqlite|.|;
sqlite,file=DIR/users.sqlite|.|select 0.1+0.2 as a, 1e20 as b, 1.0 as c, 9e999 as d, -1.5 as e
sqlite,file=DIR/users.sqlite|.|select '"a b' as x, '"a' as y, 'a"' as z, 'a=b' as e, '' as n
sqlite,file=DIR/users.sqlite|.|select 1 as "A b", 2
sqlite,file=DIR/users.sqlite,ret=key|.|select 1
sqlite|.|DIR/users.sqlite  select  1
sqlite|.|DIR/users.sqlite
sqlite|.|select 1
sqlite,file=|.|select 1
sqlite,file=x.db|.|select 1
sqlite,file=DIR|.|select 1
sqlite,file=DIR/notdb|.|select 1 from x
pgsql|.|select 1
pgsql,servers=x|.|select 1
pgsql,servers=a/b|.|select 1
pgsql,servers=(nosock)/mail/lab/x|.|select 1
pgsql|.|servers=x select 1
pgsql|.|servers x; select 1
pgsql|.|servers=; select 1
mysql|.|select 1
mysql,servers=x|.|select 1
mysql,servers=a/b|.|select 1
ldap|.|ldap:///o=x
ldapdn|.|ldap:///o=x
ldapm|.|ldap:///o=x
nis|map|x
nis0|map|x
spf|a@b.c|192.0.2.1
"""


def make_tables(folder: Path, binary: dict[str, bytes]) -> None:
    """All tables below a folder; ``binary`` are those that a library must make."""
    for name, text in TABLES.items():
        (folder / name).write_text(text.replace("DIR", str(folder)), encoding="latin-1")
    for name, octets in binary.items():
        (folder / name).write_bytes(octets)
    users = {"ann": "uid=1001", "*": "nobody", "*.beta.test": "two", "empty": ""}
    octets = cdb_file((key.encode(), value.encode()) for key, value in users.items())
    (folder / "users.cdb").write_bytes(octets)
    (folder / "cut.cdb").write_bytes(octets[:2100])
    (folder / "d" / "sub").mkdir(parents=True)
    (folder / "d" / "fa").write_text("x")
    (folder / "d" / "ln").symlink_to("fa")
    with sqlite3.connect(folder / "users.sqlite") as connection:
        connection.execute("create table users (name, note, quota)")
        rows = [("ann", "x y", 5), ("ben", "", None), ("cy", 'say "hi"', 1.5)]
        connection.executemany("insert into users values (?, ?, ?)", rows)
    connection.close()


def asked(folder: Path) -> list[Case]:
    """What is asked of the tables in a folder."""
    cases = []
    text = ASKED.strip().replace("DIR", str(folder)).replace("LONG", "x" * 300)
    for line in text.split("\n"):
        word, where, key = line.split("|", 2)
        place = {".": "", "map": "map", "a@b.c": "a@b.c"}.get(where)
        cases.append(Case(word, str(folder / where) if place is None else place, key))
    return cases
