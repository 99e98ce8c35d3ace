"""Commands to a queue, one after the other, as somebody types them; A and B are two letters.

A step is a command line. What each prints, its exit code, and what stands in mainlog afterwards is
compared with what Exim 4.96 said (`recorded.json`).
"""

from __future__ import annotations

CONFIGURATION = """\
primary_hostname = mail.example.com
qualify_domain = example.com
keep_environment =
queue_only
spool_directory = DIR/spool
log_file_path = DIR/log/%slog
begin routers
here:
  driver = accept
  domains = example.com
  local_parts = alice : bob
  transport = box
away:
  driver = redirect
  domains = ask.com
  allow_defer
  data = :defer: nobody goes there
begin transports
box:
  driver = appendfile
  file = DIR/box/$local_part_data
  user = mail
begin retry
* * F,2h,15m
"""

SCRIPTS: dict[str, tuple[str, ...]] = {
    "listings": (
        "-bp",
        "-bpa",
        "-bpc",
        "-bpr",
        "-bpra",
        "-bpru",
        "-bpu",
        "-bpi",
        "-bp A",
        "-bp B A",
        "-bpc A",
        "-bp 1aaaaa-000000-00",
        "-bpu A 1aaaaa-000000-00",
        "-Mmd A bob@ask.com",
        "-bp",
        "-bpa",
        "-bpu",
        "-bpra A",
    ),
    "shown": (
        "-Mvb A",
        "-Mvc A",
        "-Mvh A B",
        "-Mvb A -v",
        "-Mvh foo",
        "-Mvb",
        "-Mvh 1aaaaa-000000-00",
        "-Mvb 1aaaaa-000000-00",
        "-Mvl 1aaaaa-000000-00",
        "-Mvc 1aaaaa-000000-00",
    ),
    "frozen": (
        "-Mf A B",
        "-Mf A",
        "-bp",
        "-q",
        "-Mt A",
        "-Mt A",
        "-Mf A -v",
        "-Mf foo",
        "-Mf",
        "-Mf A 1aaaaa-000000-00",
        "-Mc B",
        "-bp",
        "-qff",
        "-bp",
    ),
    "tried": (
        "-M A",
        "-bp",
        "-M A 1aaaaa-000000-00",
        "-M foo",
        "-M",
        "-Mc A",
        "-Mar B alice@example.com",
        "-M B",
        "-bp",
    ),
    "runs": (
        "-q A A",
        "-qi",
        "-qf A A",
        "-qf B",
        "-qq B",
        "-ql B",
        "-R ask -q A A",
        "-Rf CAROL",
        "-Rr ^carol",
        "-Rr (",
        "-qRf carol",
        "-S alice -R bob",
        "-qi -Sff alice",
        "-q -q",
        "-q x",
        "-q A B x",
        "-qfi",
        "-R",
        "-q30x",
        "-Mf A",
        "-R bob",
        "-qi",
        "-bp",
    ),
    "removed": (
        "-Mrm A",
        "-Mrm A",
        "-Mrm B A",
        "-Mrm foo",
        "-Mrm",
        "-bpc",
    ),
    "given up": (
        "-Mg A",
        "-bpc",
        "-q",
        "-Mg B",
        "-Mg 1aaaaa-000000-00",
        "-Mg",
        "-bpc",
    ),
    "changed": (
        "-Mar A x@ask.com y@ask.com",
        "-Mar A",
        "-Mar A x@ask.com y",
        "-Mar A x@@y",
        "-Mar 1aaaaa-000000-00 x@ask.com",
        "-bp A",
        "-Mmd A x@ask.com bob@ask.com",
        "-Mmd A nobody@ask.com",
        "-Mmd A bob@ASK.com",
        "-Mmd A",
        "-bp A",
        "-Mes A new@example.com",
        "-Mes A",
        "-Mes A bob",
        "-Mes A a@@b",
        "-Mes A one@example.com two@example.com",
        "-bp A",
        "-Mes A <>",
        "-Mmad A B",
        "-bp",
        "-Mmad 1aaaaa-000000-00",
        "-M A",
        "-bpc",
    ),
    "strings": (
        "-Mset A -be $sender_address|$h_subject:|$recipients|$message_body",
        "-be -Mset B $sender_address|$message_exim_id",
        "-Mset 1aaaaa-000000-00 -be x",
        "-Mset foo -be x",
    ),
}
