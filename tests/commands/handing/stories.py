"""Stories of a mail system at a command line: commands, one after the other, and what they leave.

A story is run in a folder of its own, with labmail or with the real exim4, which must be root's.
What is left are standard output, exit codes, the files below ``mail`` and the main log, without
dates, ids and numbers of processes.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

CONFIGURATION = """
spool_directory = DIR/spool
log_file_path = DIR/log/%slog
primary_hostname = mail.inn.test
qualify_domain = inn.test
keep_environment =
trusted_users = root
queue_only
queue_run_max = 1
tls_advertise_hosts =
log_selector = -arguments
received_header_text = Received: by $primary_hostname with $received_protocol id $message_exim_id
MAIN
acl_not_smtp = programs
acl_smtp_mail = senders
acl_smtp_rcpt = guests
acl_smtp_data = letters
begin acl
programs:
  deny condition = ${if match{$h_subject:}{forbidden}}
       message = not such letters
       log_message = forbidden word
  accept add_header = X-Seen: by programs
senders:
  deny senders = mallory@inn.test
       message = go away
  accept
guests:
  deny local_parts = ghost
       message = nobody of that name
  defer local_parts = slow
        message = come back later
  accept domains = inn.test
  deny
letters:
  deny condition = ${if match{$h_subject:}{forbidden}}
  accept remove_header = X-Secret
begin routers
aliases:
  driver = redirect
  data = ${lookup{$local_part}lsearch{DIR/aliases}}
  allow_fail
  allow_defer
  user = nobody
  pipe_transport = program
  file_transport = file
returned:
  driver = accept
  senders = :
  transport = box
people:
  driver = accept
  local_parts = ann : ben
  transport = box
begin transports
box:
  driver = appendfile
  file = DIR/mail/$local_part_data
  file = DIR/mail/box
  user = nobody
  envelope_to_add
program:
  driver = pipe
  return_fail_output
file:
  driver = appendfile
begin retry
* * F,1h,15m
begin rewrite
*@old.test $1@inn.test
""".replace("  file = DIR/mail/$local_part_data\n", "")

ALIASES = """team: ann, ben, nobody-here
gone: :fail: moved away
wait: :defer: not before noon
noise: "|/bin/sh -c 'echo one; echo two; exit 3'"
keep: DIR/mail/kept
deep: team
"""
LETTER = (
    "From: Bob <bob@far.test>\nTo: ann@inn.test\nSubject: hello\nMessage-Id: <one@far.test>\n"
    "Date: Fri, 01 Mar 2024 10:00:00 +0000\nX-Secret: yes\n\nHello.\n"
)


class Step(NamedTuple):
    """One command, and what it is given to read."""

    argv: Sequence[str]
    stdin: str = ""


class Story(NamedTuple):
    """Commands, with options of their own in the main part of the configuration."""

    steps: Sequence[Step]
    main: str = ""


def sent(*words: str, letter: str = LETTER, main: str = "", runs: int = 2) -> Story:
    """A letter is handed in, and the queue is run."""
    run = [Step(["-q"])] * runs
    return Story([Step(["-oi", "-f", "ann@inn.test", *words], letter), *run], main)


def spoken(*lines: str, letter: str = LETTER) -> Story:
    """A dialogue, in which DATA stands for a letter as well."""
    text = letter.replace("\n", "\r\n") + ".\r\n"
    said = "".join(f"{line}\r\n" + (text if line == "DATA" else "") for line in lines)
    return Story([Step(["-bs"], said), Step(["-q"])])


EHLO, BEN, ANN = "EHLO pc.test", "MAIL FROM:<ben@inn.test>", "RCPT TO:<ann@inn.test>"
FORBIDDEN = LETTER.replace("hello", "forbidden")
BATCH = f"{BEN}\n{ANN}\n"
STORIES = {
    "one": sent("ann"),
    "twice": sent("ann", "ben@inn.test", "ann@inn.test"),
    "several fail": sent("gone", "who", "team", "noise", "ann"),
    "deep": sent("deep"),
    "waits": sent("wait", "ann"),
    "forced": Story(
        [Step(["-oi", "-f", "ann@inn.test", "wait"], LETTER), Step(["-qf"]), Step(["-q"])]
    ),
    "for some": Story(
        [
            Step(["-oi", "-f", "ann@inn.test", "ben"], LETTER),
            Step(["-oi", "-f", "ben@inn.test", "ann"], LETTER),
            Step(["-R", "BEN@"]),
            Step(["-S", "nobody"]),
            Step(["-S", "ben"]),
        ]
    ),
    "file and program": sent("keep", "noise"),
    "from nobody": sent("-f", "<>", "gone", "ann"),
    "rewritten": sent("ben@old.test", letter=LETTER.replace("far.test>", "old.test>")),
    "forbidden": sent("ann", letter=FORBIDDEN),
    "forbidden, in a line": sent("-oep", "ann", letter=FORBIDDEN),
    "header names": sent(
        "-t", letter=LETTER.replace("To: ann@inn.test", "To: ann, Ben <ben@inn.test>")
    ),
    "header, but not": sent("-t", "ben", letter=LETTER.replace("To:", "Cc: ben\nTo:")),
    "header names nobody": sent("-t", letter="Subject: x\n\nHello.\n"),
    "no address": sent("a@@b"),
    "no address, in a line": sent("-oep", "a@@b"),
    "bare": sent("-F", "Ann Lee", "ann", letter="\nHello.\n"),
    "dot": Story(
        [Step(["-f", "ann@inn.test", "ann"], "Subject: x\n\none\n.\ntwo\n"), Step(["-q"])]
    ),
    "words of one's own": sent("gone", main="bounce_message_file = DIR/texts"),
    "a word more": sent(
        "gone", main="bounce_message_text = Ask at the bar.\nerrors_reply_to = bar@inn.test"
    ),
    "copies": sent(
        "gone", main="errors_copy = *@inn.test  ben@inn.test\ndsn_from = Inn <inn@inn.test>"
    ),
    "header only": sent("gone", main="bounce_return_body = false"),
    "long line": sent("gone", letter=LETTER + "x" * 1200 + "\n"),
    "too large": sent(
        "gone", main="bounce_return_size_limit = 1K", letter=LETTER + ("y" * 70 + "\n") * 200
    ),
    "said": spoken(EHLO, BEN, ANN, "DATA", "QUIT"),
    "said and refused": spoken(
        "HELO pc.test", "MAIL FROM:<mallory@inn.test>", BEN,
        "RCPT TO:<ghost@inn.test>", "RCPT TO:<slow@inn.test>", "RCPT TO:<x@far.test>",
        "RCPT TO:<ann>", "DATA", "MAIL FROM:<>", "RCPT TO:<ghost@inn.test>", "RSET", "QUIT",
    ),
    "said wrongly": spoken(EHLO, "FOO", "MAIL FROM:<a@@b>", "RCPT TO:<ann>", "NOOP", "RSET now"),
    "said and forgotten": spoken(EHLO, BEN, ANN),
    "forbidden, said": spoken(
        EHLO, BEN, ANN, "DATA", "QUIT",
        letter=FORBIDDEN,
    ),
    "asked": spoken(EHLO, "VRFY ann", "EXPN team", "HELP", "ETRN #x", "AUTH PLAIN", "QUIT"),
    "in pieces": spoken(
        EHLO, "MAIL FROM:<ben@inn.test> SIZE=100", ANN,
        "BDAT 12 LAST", "Subject: x", "QUIT",
    ),
    "a batch": Story(
        [
            Step(
                ["-bS"],
                BATCH + "RCPT TO:<ghost@inn.test>\nDATA\n"
                "Subject: x\n\nHello.\n.\nRSET\nQUIT\n",
            ),
            Step(["-q"]),
        ]
    ),
    "a bad batch": Story(
        [
            Step(
                ["-bS"],
                BATCH + "DATA\n\nx\n.\nMAIL FROM:<x@@y>\n",
            ),
            Step(["-q"]),
        ]
    ),
}  # fmt: skip
TEXTS = """Subject: Not delivered: $h_subject:
X-Inn: yes
****
Dear $bounce_recipient, we could not reach
****
It was said:
"""


def furnish(folder: Path, story: Story) -> Path:
    """The files that a story begins with; gives the configuration."""
    for name in ("spool", "log", "mail"):
        (folder / name).mkdir()
        (folder / name).chmod(0o777)
    folder.chmod(0o755)
    (folder / "texts").write_text(TEXTS)
    (folder / "aliases").write_text(ALIASES.replace("DIR", str(folder)))
    path = folder / "exim.conf"
    path.write_text(CONFIGURATION.replace("MAIN", story.main).replace("DIR", str(folder)))
    return path


def ours(story: Story) -> dict[str, object]:
    """The story with labmail."""
    from labmail.commands.exim import machine, run

    def ask(step: Step, path: Path) -> tuple[str, int]:
        out = io.BytesIO()
        caller = machine(io.BytesIO(step.stdin.encode()), out, io.BytesIO())
        return out, run(["-C", str(path), *step.argv], caller)  # type: ignore[return-value]

    def told(step: Step, path: Path) -> tuple[str, int]:
        out, code = ask(step, path)
        return out.getvalue().decode("latin-1"), code  # type: ignore[attr-defined]

    return _left(story, told)


def theirs(story: Story) -> dict[str, object]:
    """The story with the real one."""

    def told(step: Step, path: Path) -> tuple[str, int]:
        argv = ["exim4", "-C", str(path), *step.argv]
        ended = subprocess.run(
            argv, input=step.stdin.encode(), capture_output=True, timeout=60, check=False
        )
        return ended.stdout.decode("latin-1"), ended.returncode

    return _left(story, told)


def _left(story: Story, told) -> dict[str, object]:  # type: ignore[no-untyped-def]
    folder = Path(tempfile.mkdtemp(prefix="story-"))
    try:
        path = furnish(folder, story)
        answers = [told(step, path) for step in story.steps]
        log = folder / "log/mainlog"
        lines = log.read_text("latin-1").splitlines() if log.exists() else []
        return {
            "said": [[stable(out, folder), code] for out, code in answers],
            "mail": {
                each.name: stable(each.read_text("latin-1"), folder)
                for each in sorted((folder / "mail").iterdir())
            },
            "log": [stable(each, folder) for each in lines if "lost privilege" not in each],
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stable(text: str, folder: Path) -> str:
    """Without what is different each time."""
    text = text.replace(str(folder), "DIR").replace("\r\n", "\n")
    text = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "<id>", text)
    text = re.sub(r"<E<id>|\bE[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "<E<id>", text)
    text = re.sub(r"\b\d+-eximdsn-\d+\b", "<boundary>", text)
    text = re.sub(r"\w{3}, [ \d]\d \w{3} (?!2024)\d{4} \S+ \+0000", "<date>", text)
    text = re.sub(r"\b\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\b", "<date>", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<time>", text)
    text = re.sub(r"pid=\d+", "pid=<n>", text)
    text = re.sub(r"\bS=\d+", "S=<n>", text)
    return re.sub(r"\bD=\d\S*", "D=<n>", text)
