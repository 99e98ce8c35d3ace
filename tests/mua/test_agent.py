"""The user agent over the lab's network: submission with TLS and a login, fetching by POP3."""

from __future__ import annotations

import pytest

from labmail.message import Deferred, Delivered, Failed
from labmail.mua import FetchError, UserAgent
from labmail.mua.events import Composed, Fetched, NotSubmitted, Submitted
from labmail.smtp import Reply
from labmail.trace import kind_of
from tests.mua.post import ALICE_PC, BOB_PC, MAIL, Post, post


def test_a_letter_is_written_handed_over_and_read() -> None:
    async def main(town: Post) -> None:
        letter = await town.alice.send(
            "Bob <bob@ask.com>", "Café", "à midi?", bcc="carol@ask.com", html="<p>à midi?"
        )
        assert letter.name == "alice@example.com/1" and letter.accepted
        assert list(letter.outcomes) == ["bob@ask.com", "carol@ask.com"]
        assert isinstance(letter.outcomes["bob@ask.com"], Delivered)
        sender, recipients, content = town.office.taken[0]
        assert (sender, recipients) == ("alice@example.com", ["bob@ask.com", "carol@ask.com"])
        assert content == letter.content, "what was written is what arrived, to the byte"
        assert town.office.sessions[0].protocol == "esmtpsa"
        assert town.office.sessions[0].helo == "alice.example.com"

        waiting = await town.bob.listing()
        assert [(item.number, item.header.text("Subject")) for item in waiting] == [
            (1, "Café"),
            (2, "Café"),
        ]
        assert "1  Alice <alice@example.com>  Café" in str(waiting)
        one, other = await town.bob.fetch()
        assert one.content.endswith(letter.content)
        assert (one.subject, one.text) == ("Café", "à midi?\n")
        assert one.envelope.sender == "alice@example.com"
        assert one.envelope.recipients == ("bob@ask.com",)
        assert other.envelope.recipients == ("carol@ask.com",)
        assert one.letter == letter.name
        assert "carol" not in one.header.text("To") + str(one.header.every("Bcc"))
        assert 'sandbox=""' in one._repr_html_()
        assert "MAIL FROM:<alice@example.com>" in str(one.anatomy())
        assert await town.bob.fetch() == [] and len(town.bob.inbox) == 2
        assert str(await town.bob.listing()) == "The mailbox is empty."

    post(main)


def test_the_trace_of_it() -> None:
    async def main(town: Post) -> None:
        letter = await town.alice.send("bob@ask.com", "Lunch", "Friday?")
        await town.bob.fetch()
        (written,) = town.trace.find(Composed)
        assert isinstance(written, Composed)
        assert (written.letter, written.label, written.role) == (letter.name, "write", "person")
        assert written.places()["bob@ask.com"].host == "alice.example.com"
        assert written.answer == f"“Lunch”, {len(letter.content)} octets, to bob@ask.com."
        (sent,) = town.trace.find(Submitted)
        assert sent.cause == written.name and sent.letter == letter.name
        assert "250 2.0.0 OK id=1" in sent.answer
        (fetched,) = town.trace.find(Fetched)
        assert (fetched.letter, fetched.recipient) == (letter.name, "bob@ask.com")
        cause = town.trace.get(fetched.cause)
        assert cause is not None and kind_of(cause) == "access.Retrieved"
        assert not fetched.step and not sent.step, "the servers tell these steps"

        steps = [event.label for event in town.trace.events if event.step]
        assert steps[:3] == ["write", "AUTH", "DATA"]
        said = "".join(event.text for event in town.trace.find("trace.Said"))  # type: ignore[attr-defined]
        assert "sécret" not in said and "word" not in said.replace("password", "")

    post(main)


def test_each_run_is_the_same_run() -> None:
    async def main(town: Post) -> tuple[bytes, bytes, list[str]]:
        first = await town.alice.send("bob@ask.com", "x", "y", attachments=[("a.txt", b"b")])
        second = await town.alice.send("bob@ask.com", "x", "y")
        assert first.header["Message-ID"] != second.header["Message-ID"]
        assert first.header["Message-ID"].endswith("@alice.example.com>")
        assert first.header["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
        return first.content, second.content, [event.name for event in town.trace.events]

    assert post(main) == post(main)


def test_envelope_and_header_can_be_made_to_differ() -> None:
    async def main(town: Post) -> None:
        draft = town.alice.compose("bob@ask.com", "x", "y")
        lie = draft.replace(
            envelope=draft.envelope.replace(sender="bounces@example.com"),
            header=draft.header.replace("From", "President <president@whitehouse.test>"),
        )
        letter = await town.alice.submit(lie)
        assert letter.accepted
        (got,) = await town.bob.fetch()
        assert got.header["Return-path"] == "<bounces@example.com>"
        assert got.header["From"] == "President <president@whitehouse.test>"
        assert "they differ" in str(letter) and letter.name in str(letter)
        assert letter.replace(body=b"z\r\n").envelope == lie.envelope

    post(main)


# -- what does not come about -------------------------------------------------------------------


def test_one_recipient_refused_does_not_harm_the_other() -> None:
    async def main(town: Post) -> None:
        town.office.refuse["nobody@ask.com"] = Reply(550, "unknown user", "5.1.1")
        town.office.refuse["later@ask.com"] = Reply(451, "later", "4.2.0")
        letter = await town.alice.send(["bob@ask.com", "nobody@ask.com", "later@ask.com"], "x", "y")
        assert not letter.accepted
        kinds = {who: type(outcome) for who, outcome in letter.outcomes.items()}
        assert kinds == {
            "bob@ask.com": Delivered,
            "nobody@ask.com": Failed,
            "later@ask.com": Deferred,
        }
        assert "unknown user" in letter.refused["nobody@ask.com"]
        assert "taken over for bob@ask.com; refused for nobody@ask.com (" in repr(letter)
        told = {event.recipient: event for event in town.trace.find(NotSubmitted)}
        assert told["nobody@ask.com"].places()["nobody@ask.com"].state == "bounced"
        assert told["later@ask.com"].places()["later@ask.com"].state == "deferred"
        assert "unknown user" in told["nobody@ask.com"].answer
        assert not told["nobody@ask.com"].ok
        assert len(await town.bob.fetch()) == 1

    post(main)


@pytest.mark.parametrize(
    ("change", "words", "kind"),
    [
        ("down", "Connection timed out", Deferred),
        ("refused", "Connection refused", Deferred),
        ("password", "535", Failed),
        ("name", "TLS failed after STARTTLS", Deferred),
        ("no tls", "mail.ask.com does not offer STARTTLS, but", Failed),
        ("plain", "mail.ask.com does not offer AUTH, but", Failed),
    ],
)
def test_no_submission_is_an_outcome_and_no_exception(change: str, words: str, kind: type) -> None:
    async def main(town: Post) -> None:
        password = "wrong" if change == "password" else "sécret"
        name = "other.test" if change == "name" else "mail.ask.com"
        alice = agent(town, password, name, tls=change != "plain")
        if change == "down":
            town.world.network.down(MAIL)
        if change == "refused":
            town.world.network.refuse(MAIL, 587)
        if change == "no tls":
            town.office.tls = None
        letter = await alice.send(["bob@ask.com", "carol@ask.com"], "x", "y")
        assert [type(outcome) for outcome in letter.outcomes.values()] == [kind, kind]
        assert words in letter.outcomes["bob@ask.com"].why
        assert "wrong" not in repr(letter) and password not in repr(alice.account)
        assert len(town.trace.find(NotSubmitted)) == 2 and town.office.taken == []

    post(main)


def agent(town: Post, password: str, name: str, *, tls: bool) -> UserAgent:
    desk = town.alice.desk
    return UserAgent(
        "alice@example.com",
        login="alice",
        password=password,
        hostname=desk.hostname,
        ip=ALICE_PC,
        submission=(MAIL, 587, name),
        pop3=(MAIL, 110, name),
        network=desk.network,
        clock=town.world.clock,
        chance=town.world.chance,
        trace=desk.trace,
        tls=desk.tls if tls else None,
    )


def test_a_letter_that_cannot_be_written_is_not_sent() -> None:
    async def main(town: Post) -> None:
        with pytest.raises(ValueError, match="nobody to send to"):
            await town.alice.send(subject="x")
        with pytest.raises(ValueError, match="line end"):
            await town.alice.send("bob@ask.com", "x\r\nBcc: eve@ask.com")
        assert town.trace.events == [] and town.office.taken == []

    post(main)


def test_many_recipients_and_a_large_letter() -> None:
    async def main(town: Post) -> None:
        letter = await town.alice.send([f"user{number}@ask.com" for number in range(100)], "x")
        assert letter.accepted and len(letter.outcomes) == 100
        assert "taken over for 100 recipients" in repr(letter)
        letter = await town.alice.send("bob@ask.com", attachments=[("big", bytes(2_000_000))])
        assert town.office.taken[-1][2] == letter.content
        assert (await town.bob.fetch())[-1].attachments[0].content == bytes(2_000_000)

    post(main)


# -- fetching -----------------------------------------------------------------------------------


def test_kept_letters_come_again_and_are_once_in_the_inbox() -> None:
    async def main(town: Post) -> None:
        await town.alice.send("bob@ask.com", "x", "y")
        (first,) = await town.bob.fetch(keep=True)
        (again,) = await town.bob.fetch()
        assert first.uid == again.uid and first.content == again.content
        assert len(town.bob.inbox) == 1 and await town.bob.fetch() == []
        assert [event.kept for event in town.trace.find(Fetched)] == [True, False]  # type: ignore[attr-defined]

    post(main)


def test_a_mailbox_that_cannot_be_read_says_why() -> None:
    async def main(town: Post) -> None:
        with pytest.raises(FetchError, match=r"POP3 on mail.ask.com .*refused PASS: "):
            await agent(town, "wrong", "mail.ask.com", tls=True).fetch()
        town.world.network.refuse(MAIL, 110)
        with pytest.raises(FetchError, match=r"cannot be reached: .*[Rr]efused"):
            await town.bob.fetch()
        town.world.network.allow(MAIL, 110)
        town.world.network.down(MAIL)
        with pytest.raises(FetchError, match="cannot be reached"):
            await town.bob.listing()

    post(main)


def test_a_line_that_breaks_before_quit_loses_nothing() -> None:
    async def main(town: Post) -> None:
        for subject in ("one", "two"):
            await town.alice.send("bob@ask.com", subject, "y")
        network = town.world.network

        def cut(end: object, data: bytes) -> None:
            if data.startswith(b"RETR 2"):
                network.down(MAIL)

        network.tap = cut
        with pytest.raises(FetchError):
            await town.bob.fetch()
        network.tap = None
        assert [message.subject for message in town.bob.inbox] == ["one"]
        network.up(MAIL)
        assert [message.subject for message in await town.bob.fetch()] == ["one", "two"]
        assert [message.subject for message in town.bob.inbox] == ["one", "two"]

    post(main)


def test_an_envelope_that_was_not_written_down_is_empty() -> None:
    async def main(town: Post) -> None:
        draft = town.alice.compose("bob@ask.com", "x")
        await town.alice.submit(draft.replace(envelope=draft.envelope.replace(sender="")))
        (got,) = await town.bob.fetch()
        assert got.envelope.sender == ""
        assert BOB_PC in str([event.connection for event in town.trace.find("access.LoggedIn")])

    post(main)
