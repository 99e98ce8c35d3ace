"""Stories of a mail system at a command line: commands, one after the other, and what they leave.

A story is run in a folder of its own, with labmail or with the real exim4, which must be root's.
What is left are standard output, exit codes, the files below ``mail`` and the main log, without
dates, ids and numbers of processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tests.commands.inn import HEAD, Ask, furnished, log, stable

CONFIGURATION = (
    HEAD
    + """log_selector = -arguments
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
"""
)

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


def told(story: Story, ask: Ask) -> dict[str, object]:
    """What a story leaves, with labmail or with the real one."""
    with furnished() as folder:
        (folder / "texts").write_text(TEXTS)
        (folder / "aliases").write_text(ALIASES.replace("DIR", str(folder)))
        path = folder / "exim.conf"
        path.write_text(CONFIGURATION.replace("MAIN", story.main).replace("DIR", str(folder)))
        answers = [ask(path, step.argv, step.stdin) for step in story.steps]
        return {
            "said": [[stable(out, folder), code] for out, code in answers],
            "mail": {
                each.name: stable(each.read_text("latin-1"), folder)
                for each in sorted((folder / "mail").iterdir())
            },
            "log": log(folder),
        }
