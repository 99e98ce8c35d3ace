"""Chapter 03: its checks tell right from wrong."""

from pathlib import Path
from typing import ClassVar

import pytest

from labmail import Lab, check
from labmail.exercises.serving_smtp import ORDERS
from labmail.exercises.speaking_smtp import SESSIONS, TEXT

SOURCE = Path(__file__).parents[2] / "notebooks/source/03-speaking-smtp.py"


@pytest.fixture
def lab():
    with Lab("two_companies") as lab:
        yield lab


def held(verdict):
    assert not verdict.trouble, verdict
    return [claim.holds for claim in verdict.claims]


# ── 03.1 ─────────────────────────────────────────────────────────────────────────────────────────


def to(lab, *recipients, end="DATA\nSubject: x\n\nx\n."):
    talk = lab.talk("mail.ask.com", "smtp")
    rcpt = "\n".join(f"RCPT TO:<{recipient}@ask.com>" for recipient in recipients)
    talk.say(f"EHLO my.laptop\nMAIL FROM:<me@my.laptop>\n{rcpt}\n{end}")


def test_three_recipients_one_of_whom_does_not_exist(lab):
    assert held(check("03.1", lab)) == [False] * 3
    to(lab, "bob", "nobody", "carol")
    assert check("03.1", lab).ok


@pytest.mark.parametrize(
    "recipients", [("bob", "carol"), ("nobody", "bob", "carol"), ("bob", "carol", "nobody")]
)
def test_another_order_is_not_what_was_asked(lab, recipients):
    to(lab, *recipients)
    assert held(check("03.1", lab))[0] is False


def test_giving_up_after_the_refusal_is_seen(lab):
    to(lab, "bob", "nobody", "carol", end="QUIT")
    verdict = check("03.1", lab)
    assert held(verdict) == [True, False, False]
    assert "stopped before it" in str(verdict)


def test_a_letter_that_a_mail_program_sent_does_not_count(lab):
    people = [f"{name}@ask.com" for name in ("bob", "nobody", "carol")]
    lab.user("alice@example.com").send(to=people, subject="x", text="x")
    assert held(check("03.1", lab)) == [False] * 3


# ── 03.2 ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_notebook_shows_the_sessions_that_are_played():
    assert f'"""\\\n{SESSIONS}"""' in SOURCE.read_text("utf-8")


@pytest.mark.parametrize(
    "guess", ["ACGH", "a, c, g, h", ["H", "G", "C", "A"], {"A", "C", "G", "H"}]
)
def test_the_right_guess_however_it_is_written(lab, guess):
    assert check("03.2", lab, guess).ok


@pytest.mark.parametrize(
    ("guess", "expected"),
    [
        (None, [False, False, False]),
        ("", [False, False, False]),
        (7, [False, False, False]),
        ({"A": False}, [False, False, False]),
        ("ABCDEFGH", [True, False, True]),
        ("ACG", [True, True, False]),
        ("ACFGH", [True, False, True]),
    ],
)
def test_a_wrong_guess(lab, guess, expected):
    assert held(check("03.2", lab, guess)) == expected


def test_playing_them_leaves_the_students_lab_alone(lab):
    check("03.2", lab, "A")
    assert lab.is_open
    assert lab.user("bob@ask.com").mailbox == []


# ── 03.3 ─────────────────────────────────────────────────────────────────────────────────────────


def hand_over(lab, text):
    talk = lab.talk("mail.ask.com", "smtp")
    talk.say("EHLO x.test\nMAIL FROM:<a@x.test>\nRCPT TO:<bob@ask.com>\nDATA")
    talk.say(f"Subject: Files\n\n{text}\n.")


def doubled(text):
    return "\n".join("." + line if line.startswith(".") else line for line in text.split("\n"))


def test_the_notebook_has_the_text_that_is_looked_for():
    assert f'text = """{TEXT}"""' in SOURCE.read_text("utf-8")


def test_dots_that_are_doubled_arrive_single(lab):
    assert held(check("03.3", lab)) == [False] * 3
    hand_over(lab, TEXT)
    assert held(check("03.3", lab)) == [True, False, False]
    hand_over(lab, doubled(TEXT))
    assert check("03.3", lab).ok


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT, "line 2 has become 'signature'"),
        (TEXT.replace(".\n", "..\n"), "line 2 has become 'signature'"),
        (doubled(TEXT).replace("dot each.", "dot each.."), "line 7 has become"),
        (doubled(TEXT).replace("\nAlice", ""), "it ends after line 7"),
    ],
)
def test_where_the_first_line_went_wrong(lab, text, words):
    hand_over(lab, text)
    verdict = check("03.3", lab)
    assert not verdict.ok
    assert words in str(verdict)


# ── 03.4 ─────────────────────────────────────────────────────────────────────────────────────────


class Server:
    """A right answer, and by small changes every wrong one."""

    table: ClassVar = {
        "HELO": ("start greeted sender recipients", "greeted", "250"),
        "MAIL": ("greeted", "sender", "250 OK"),
        "RCPT": ("sender recipients", "recipients", "250 OK"),
        "DATA": ("recipients", "content", "354 Go on"),
        "RSET": ("start greeted sender recipients", "", "250 OK"),
        "NOOP": ("start greeted sender recipients", "", "250 OK"),
        "QUIT": ("start greeted sender recipients", "closed", "221 Bye"),
    }
    after_rset = "greeted"

    def __init__(self):
        self.state = "start"

    def hear(self, line):
        if self.state == "content":
            self.state = "greeted" if line == "." else "content"
            return "250 Mine" if line == "." else None
        verb = line.split(" ")[0].upper()
        if verb not in self.table:
            return "500 What?"
        where, there, reply = self.table[verb]
        if self.state not in where.split():
            return "503 Not now"
        if verb == "RSET" and self.state != "start":
            there = self.after_rset
        self.state = there or self.state
        return reply


def changed(**fields):
    return type("Changed", (Server,), fields)


def row(verb, *values):
    return changed(table=Server.table | {verb: values})


class Impatient(Server):
    def hear(self, line):
        if self.state == "content" and line == "QUIT":
            return "221 Bye"
        return super().hear(line)


class Strict(Server):
    def hear(self, line):
        return super().hear(line) if line.isupper() or self.state == "content" else "500 What?"


def test_a_server_that_keeps_the_order(lab):
    assert check("03.4", lab, Server).ok
    assert check("03.4", lab, lambda: Server()).ok


@pytest.mark.parametrize(
    "wrong",
    [
        changed(after_rset="start"),
        changed(after_rset=""),
        row("MAIL", "start greeted", "sender", "250 OK"),
        row("MAIL", "greeted sender", "sender", "250 OK"),
        row("DATA", "sender recipients", "content", "354 Go on"),
        row("RCPT", "sender", "recipients", "250 OK"),
        row("NOOP", "start greeted sender recipients", "", "200 OK"),
        row("HELO", "start", "greeted", "250 Hello"),
        row("HELO", "start greeted sender recipients", "", "250 Hello"),
        Impatient,
        Strict,
    ],
)
def test_a_server_that_does_not(lab, wrong):
    verdict = check("03.4", lab, wrong)
    assert not verdict.trouble
    assert not verdict.ok
    assert "after " in str(verdict)


@pytest.mark.parametrize(
    "broken", [None, "Server", object, changed(hear=None), changed(__init__=lambda self: 1 / 0)]
)
def test_a_server_that_breaks_is_no_trouble_of_ours(lab, broken):
    verdict = check("03.4", lab, broken)
    assert not verdict.trouble
    assert not verdict.ok


def test_the_orders_are_those_of_the_real_server(lab):
    """What the check takes for right is what mail.ask.com says."""
    from labmail.exercises import serving_smtp as ours

    for order in ORDERS.values():
        talk = lab.talk("mail.ask.com", "smtp")
        for step, code in zip(order.split(), ours._answers(order.split()), strict=True):
            line = ours.LINES.get(step.upper(), step).replace("ben@b.test", "bob@ask.com")
            assert str(talk.say(line).code or "") == code, (order, step)


# ── 03.5 ─────────────────────────────────────────────────────────────────────────────────────────

ROAD = ("220 me", "250 hello", "250 OK", "250 OK", "354 go on")


def answered(lab, *lines, hang_up=False):
    with lab.answer("mail.ask.com", "smtp") as desk:
        desk.let_call("alice@example.com")
        for line in lines:
            desk.say(line)
        while desk.asked.startswith(("RSET", "QUIT")):
            desk.say("250 OK")
        if hang_up:
            desk.hang_up()


@pytest.mark.parametrize("stage", [0, 2, 3, 4, 5])
def test_a_no_gives_the_letter_back(lab, stage):
    assert held(check("03.5", lab)) == [False, False]
    answered(lab, *ROAD[:stage], "554 no")
    assert held(check("03.5", lab)) == [True, False]


@pytest.mark.parametrize("last", ["451 not now", None])
def test_without_a_yes_behind_the_dot_the_letter_is_kept(lab, last):
    answered(lab, *ROAD, *filter(None, [last]), hang_up=last is None)
    assert held(check("03.5", lab)) == [False, True]


def test_a_letter_that_was_put_off_earlier_has_not_crossed(lab):
    answered(lab, *ROAD[:3], "451 asleep")
    verdict = check("03.5", lab)
    assert held(verdict) == [False, False]
    assert "451 asleep" in str(verdict)


def test_a_letter_that_the_real_server_refuses_does_not_count(lab):
    """It is given up too, but nobody sat there and said so."""
    lab.user("alice@example.com").send(to="nobody@ask.com", subject="x", text="x")
    assert held(check("03.5", lab)) == [False, False]
