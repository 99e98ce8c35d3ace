"""Talking by hand to the servers of a lab: what comes back, where it stands, what is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labmail.access.pop3 import dialogue as pop3
from labmail.lab import Lab
from labmail.lab.talk import TalkOver
from labmail.lab.talk.transcript import differences, exchanges, fits, turns
from labmail.smtp import State, allowed

LETTER = "Subject: Lunch?\n\nNoon.\n."


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("two_companies") as lab:
        yield lab


def test_a_letter_by_hand_arrives(lab: Lab) -> None:
    talk = lab.talk("mail.ask.com", "smtp")
    assert talk.state == "connected"
    assert talk.say("EHLO my.laptop").code == 250
    assert talk.say("MAIL FROM:<me@my.laptop>").ok
    assert talk.say("RCPT TO:<bob@ask.com>").ok
    assert talk.say("DATA").code == 354
    assert talk.state == "content"
    silent = talk.say("Subject: by hand")
    assert (silent.lines, silent.code) == ((), None)
    assert "until a line with only a dot" in str(silent)
    taken = talk.say("\nNoon.\n.")
    assert taken.code == 250 and taken.meaning is not None
    assert taken.meaning.sentence.startswith("The letter is theirs now")
    assert talk.state == "greeted"
    assert talk.say("QUIT").code == 221 and talk.over
    assert "by hand" in [m.subject for m in lab.user("bob@ask.com").mailbox]


def test_what_is_allowed_is_what_the_servers_table_says(lab: Lab) -> None:
    talk = lab.talk("mail.ask.com", "smtp")
    steps = ["EHLO my.laptop", "MAIL FROM:<me@my.laptop>", "RCPT TO:<bob@ask.com>", "DATA"]
    states = [State.GREETED, State.SENDER, State.RECIPIENTS, State.CONTENT]
    for line, state in zip(steps, states, strict=True):
        talk.say(line)
        assert talk.state == state.value
        assert set(talk.allowed) == set(allowed(state)) - {"AUTH"}  # which port 25 does not offer
    talk.hang_up()
    assert talk.allowed == ()


def test_each_command_out_of_order_is_refused_and_changes_nothing(lab: Lab) -> None:
    talk = lab.talk("mail.ask.com", "smtp")
    talk.say("EHLO my.laptop")
    for move in talk.machine.not_now:
        before = talk.state
        assert talk.say(move.verb).code in (501, 503), move.verb
        assert talk.state == before


def test_the_state_is_the_servers_own(lab: Lab) -> None:
    """Whatever is said, the follower stands where the server's conversation stands."""
    talk = lab.talk("mail.ask.com", "smtp")
    lines = ["RCPT TO:<bob@ask.com>", "HELO x.test", "MAIL FROM:<>", "RCPT TO:<no@ask.com>",
             "RCPT TO:<bob@ask.com>", "RSET", "MAIL FROM:<a@x.test>", "NOOP", "EHLO x.test",
             "nonsense", "MAIL FROM:<a@x.test>", "RCPT TO:<bob@ask.com>", "DATA", LETTER,
             "MAIL FROM:<a@x.test>", "RCPT TO:<bob@ask.com>", "BDAT 5\nabc", "RCPT TO:<b@ask.com>",
             "BDAT 5 LAST\ndef", "BDAT 5 LAST\nabc", "STARTTLS", "EHLO x.test", "QUIT"]  # fmt: skip
    for line in lines:
        talk.say(line)
        assert talk.state == _server_state(lab, talk), line


def _server_state(lab: Lab, talk: object) -> str:
    name = talk.link.name  # type: ignore[attr-defined]
    servers = lab._site.hosts["mail.ask.com"].mail.listeners
    talks = [c for server in servers for c in getattr(server, "conversations", ())]
    mine = [c for c in talks if c.session is not None and c.session.connection == name]
    return mine[0].state.value if mine else State.CLOSED.value


def test_a_line_is_sent_to_the_byte(lab: Lab) -> None:
    talk = lab.talk("mail.ask.com", "smtp")
    bare = talk.say("NOOP", end="\n")
    assert bare.code == 500 and "LF" in str(bare)
    assert talk.send(b"NO").silence == "no reply yet: the line has no end"
    assert talk.send(b"OP\r\n").code == 250
    assert talk.say("NOOP\nNOOP\nNOOP").lines == ("250 2.0.0 OK",) * 3
    assert "C: NOOP ⏎LF" in talk.transcript


def test_a_letter_said_ahead_of_354_is_content_and_its_dot_ends_it(lab: Lab) -> None:
    talk = lab.talk("mail.ask.com", "smtp")
    talk.say("EHLO my.laptop\nMAIL FROM:<me@my.laptop>\nRCPT TO:<bob@ask.com>")
    heard = talk.send(b"DATA\r\nSubject: ahead\r\n\r\nMAIL FROM:<x@y>\r\n.\r\nNOOP\r\n")
    assert [line[:3] for line in heard.lines] == ["354", "250", "250"]
    assert talk.state == "greeted"


def test_a_letter_in_one_piece(lab: Lab) -> None:
    talk = lab.talk("mail.ask.com", "smtp")
    talk.say("EHLO my.laptop\nMAIL FROM:<me@my.laptop>\nRCPT TO:<bob@ask.com>")
    whole = next(s.line for s in talk.suggestions if s.line.startswith("BDAT"))
    assert talk.say(whole).code == 250 and talk.state == "greeted"
    assert [m.subject for m in lab.user("bob@ask.com").mailbox] == ["In one piece"]


def test_an_acl_says_why_beside_the_reply(lab: Lab) -> None:
    talk = lab.talk("mail.ask.com", "smtp")
    talk.say("EHLO my.laptop\nMAIL FROM:<me@my.laptop>")
    refused = talk.say("RCPT TO:<carl@example.org>")
    assert refused.code == 550
    assert "# mail.ask.com: May 192.0.2.1 hand over a letter for carl@example.org?" in (
        talk.transcript
    )


def test_starttls_is_a_real_handshake_and_forgets_all(lab: Lab) -> None:
    talk = lab.talk("mail.example.com", "submission", client="alice@example.com")
    talk.say("EHLO games.example.com")
    assert "STARTTLS" in talk.allowed and "AUTH" not in talk.allowed
    assert talk.say("STARTTLS").code == 220
    assert talk.state == "connected"
    assert "TLSv1.3" in talk.transcript
    talk.say("EHLO games.example.com")
    assert "AUTH" in talk.allowed and "STARTTLS" not in talk.allowed


def test_no_password_is_kept_and_a_name_stands_for_it(lab: Lab) -> None:
    alice, bob = lab.user("alice@example.com"), lab.user("bob@ask.com")
    talk = lab.talk("mail.example.com", "submission")
    talk.say("EHLO x.test\nSTARTTLS")
    talk.say("EHLO x.test")
    assert talk.say("AUTH LOGIN").code == 334
    assert talk.allowed and talk.say("⟨alice@example.com's login in base64⟩").code == 334
    assert talk.say("⟨alice@example.com's password in base64⟩").code == 235
    pop = lab.talk("mail.ask.com", "pop3")
    pop.say("USER bob")
    assert pop.say(f"PASS {bob.password}").ok
    for kept in (talk.transcript, pop.transcript, str(talk), pop.show().html):
        assert alice.password not in kept and bob.password not in kept
    assert "C: PASS ***" in pop.transcript


def test_pop3_follows_its_own_table(lab: Lab) -> None:
    lab.user("alice@example.com").send(to="carol@ask.com", subject="For Carol", text="x\n")
    talk = lab.talk("mail.ask.com", "pop3", client="carol@ask.com")
    assert talk.allowed == pop3.allowed(pop3.State.AUTHORIZATION)
    assert not talk.say("PASS x").ok
    talk.say("USER carol")
    assert talk.state == "after USER"
    assert talk.say("PASS wrong").meaning.enhanced[0].text == "[AUTH]"  # type: ignore[union-attr]
    assert talk.state == "before USER"
    talk.say("USER carol\nPASS ⟨carol@ask.com's password⟩")
    assert talk.allowed == pop3.allowed(pop3.State.TRANSACTION)
    assert talk.say("RETR 1").lines[-1] == "."
    assert talk.say("LIST 1").lines == ("+OK 1 " + talk.say("LIST").lines[1].split()[1],)
    talk.say("DELE 1")
    talk.hang_up()
    assert talk.over and len(lab.user("carol@ask.com").mailbox) == 1  # no QUIT, nothing removed


def test_silence_is_ended_by_the_server() -> None:
    with Lab("two_companies") as lab:
        talk = lab.talk("mail.ask.com", "smtp")
        assert talk.wait("6m").code == 421
        assert talk.over
        with pytest.raises(TalkOver, match=r"lab\.talk"):
            talk.say("EHLO x.test")


def test_a_server_that_is_switched_off_says_nothing() -> None:
    with Lab("two_companies") as lab:
        talk = lab.talk("mail.ask.com", "smtp")
        lab.down("mail.ask.com")
        assert talk.say("EHLO x.test").lines == ()
        lab.up("mail.ask.com")
        assert talk.wait("1s").code == 250


def test_who_calls_is_a_host_an_address_or_a_person(lab: Lab) -> None:
    assert lab.talk("mail.ask.com", client="mail.example.com").client == "128.10.12.4"
    assert lab.talk("mail.ask.com", client="bob@ask.com").client == "172.20.10.3"
    assert lab.talk("mail.ask.com", client="128.10.12.2").client == "128.10.12.2"
    with pytest.raises(KeyError, match=r"mail\.example\.com"):
        lab.talk("mail.ask.com", client="nobody.test")
    with pytest.raises(ValueError, match="submission"):
        lab.talk("mail.ask.com", "dns")
    with pytest.raises(ValueError, match="it offers dns"):
        lab.talk("ns.ask.com", "smtp")


def test_every_suggestion_of_the_ordinary_road_works(lab: Lab) -> None:
    talk = lab.talk("mail.ask.com", "smtp", client="mail.example.com")
    for verb in ("EHLO", "MAIL", "RCPT", "DATA"):
        line = next(s.line for s in talk.suggestions if s.line.startswith(verb))
        assert talk.say(line).ok, line
    for suggestion in talk.suggestions:
        heard = talk.say(suggestion.line)
    assert heard.code == 250
    pop = lab.talk("mail.ask.com", "pop3")
    for verb in ("USER", "PASS", "STAT", "LIST", "RETR", "DELE", "QUIT"):
        assert pop.say(next(s.line for s in pop.suggestions if s.line.startswith(verb))).ok, verb


# ── transcripts ──────────────────────────────────────────────────────────────────────────────────


def conversation() -> str:
    with Lab("two_companies") as lab:
        talk = lab.talk("mail.ask.com", "smtp")
        for line in ("EHLO my.laptop", "MAIL FROM:<me@my.laptop>", "RCPT TO:<bbo@ask.com>",
                     "RCPT TO:<bob@ask.com>", "DATA", LETTER, "QUIT"):  # fmt: skip
            talk.say(line)
        again = lab.talk("mail.ask.com", "smtp")
        different = again.replay(talk.transcript)
        assert [d.found[:3] for d in different] == ["250"]  # another id
        third = lab.talk("mail.ask.com", "smtp")
        with_hole = talk.transcript.replace("id=", "id=*\n# ", 1)
        assert third.replay(with_hole) == []
        return talk.transcript


def test_a_transcript_replays_and_is_the_same_on_each_run() -> None:
    assert conversation() == conversation()


def test_a_transcript_that_lacks_a_secret_cannot_be_said_again() -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(turns("S: +OK\nC: PASS ***"))


def test_where_a_replay_differs() -> None:
    said = list(exchanges("# head\nS: 220 x\nC: NOOP\nS: 250 OK"))
    assert said == [(None, [(2, "220 x")]), ("NOOP", [(4, "250 OK")])]
    assert differences([(4, "250 OK")], ["250 OK"]) == []
    assert differences([(4, "250 OK")], [])[0].found == "(nothing)"
    assert differences([(4, "250 OK")], ["250 OK", "250 OK"])[0].expected == "(nothing)"
    assert fits("250 OK id=*", "250 OK id=1") and not fits("250 OK", "250 OK id=1")
