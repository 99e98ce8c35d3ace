"""What a sender asked to be told (RFC 3461): kept, handed on, and obeyed."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path
from typing import Any

import pytest

from labmail.mta import events
from labmail.mta.spool.spoolfile import SpoolHeader, read, write
from labmail.smtp import Client, Sent, Wish, Wishes
from labmail.world import World, simulate

from .village import ADDRESSES, Village

LETTER = b"Subject: Lunch\r\nMessage-ID: <1@pc.test>\r\n\r\nNoon?\r\n"
SUCCESS = Wish(("SUCCESS",), "rfc822;alias+2B@pc.test")


async def hand_over(
    village: Village, to: dict[str, Wish], *, sender: str = "alice@example.com", **wishes: str
) -> Sent:
    client = await Client.connect(
        village.world.network,
        ADDRESSES["games.example.com"],
        ADDRESSES["mail.example.com"],
        25,
        helo="games.example.com",
        host="games.example.com",
        trace=village.trace,
        letter="alice@example.com/1",
    )
    sent = await client.send(
        sender, list(to), LETTER, letter="alice@example.com/1", wishes=Wishes(of=to, **wishes)
    )
    await client.quit()
    await village.world.clock.run(within="1m")
    return sent


def play(
    tmp: Path, to: dict[str, Wish], *, without: tuple[str, ...] = (), **wishes: str
) -> Village:
    """A letter of alice; ``without`` are extensions that ask.com does not offer."""

    async def main(world: World) -> Village:
        village = await Village.make(world, tmp)
        if without:
            await village.stop("mail.ask.com")
            village.changes["mail.ask.com"]["withheld"] = without
            await village.start("mail.ask.com")
        await hand_over(village, to, **wishes)
        await village.close()
        return village

    return simulate(main)


def reports(village: Village) -> list[dict[str, Any]]:
    """The reports that alice got: who wrote it, fields of the letter and of the recipients."""
    found = []
    for content in village.maildir("mail.example.com", "alice"):
        message = email.message_from_bytes(content, policy=email.policy.default)
        words, status, returned = message.iter_parts()  # type: ignore[attr-defined]
        whole, *each = status.get_payload()
        found.append(
            {
                "subject": message["Subject"],
                "by": whole["Reporting-MTA"].removeprefix("dns; "),
                "envid": whole["Original-Envelope-Id"],
                "of": [dict(fields.items()) for fields in each],
                "returned": returned.get_content_type(),
                "words": words.get_content(),
            }
        )
    return found


def said(village: Village, host: str) -> list[str]:
    """MAIL and RCPT as ``host`` heard them."""
    lines = [e.text for e in village.trace.find("trace.Said", host=host) if e.speaker == "C"]
    return [line.strip() for line in lines if line.startswith(("MAIL", "RCPT"))]


def test_wishes_are_handed_on_as_they_were_said(tmp_path: Path) -> None:
    to = {"bob@ask.com": Wish(("FAILURE", "DELAY"), "rfc822;alias+2B@pc.test")}
    village = play(tmp_path, to, ret="HDRS", envid="QQ+2B1")
    mail, rcpt = said(village, "mail.ask.com")
    assert mail.endswith(" RET=HDRS ENVID=QQ+2B1")
    assert rcpt == "RCPT TO:<bob@ask.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;alias+2B@pc.test"
    assert reports(village) == []


def test_the_host_of_the_mailbox_confirms(tmp_path: Path) -> None:
    [report] = reports(play(tmp_path, {"bob@ask.com": SUCCESS}, envid="QQ+2B1"))
    assert report["by"] == "mail.ask.com" and report["envid"] == "QQ+1"
    assert report["subject"] == "Delivery Status Notification"
    assert report["returned"] == "text/rfc822-headers"
    [of] = report["of"]
    assert of["Original-Recipient"] == "rfc822;alias+@pc.test"
    assert of["Final-Recipient"] == "rfc822;bob@ask.com"
    assert (of["Action"], of["Status"]) == ("delivered", "2.0.0")
    assert "Remote-MTA" not in of


def test_the_last_host_that_knows_of_reports_says_that_it_relayed(tmp_path: Path) -> None:
    village = play(tmp_path, {"bob@ask.com": SUCCESS}, without=("DSN",))
    assert not any("NOTIFY" in line for line in said(village, "mail.ask.com"))
    [report] = reports(village)
    assert report["by"] == "mail.example.com"
    [of] = report["of"]
    assert (of["Action"], of["Remote-MTA"]) == ("relayed", "dns; mail.ask.com")
    assert of["Diagnostic-Code"].startswith("smtp; 250 2.0.0 OK id=")


def test_an_alias_of_several_is_reported_once_as_expanded(tmp_path: Path) -> None:
    village = play(tmp_path, {"team@ask.com": SUCCESS})
    [report] = reports(village)
    [of] = report["of"]
    assert (report["by"], of["Action"]) == ("mail.ask.com", "expanded")
    assert of["Final-Recipient"] == "rfc822;team@ask.com"
    assert len(village.maildir("mail.ask.com", "carol")) == 1


def test_members_elsewhere_are_not_asked_to_confirm(tmp_path: Path) -> None:
    async def main(world: World) -> Village:
        village = await Village.make(world, tmp_path)
        village.files["mail.example.com"].write_text("/etc/aliases", "all: bob@ask.com, anna\n")
        await hand_over(village, {"all@example.com": Wish(("SUCCESS", "FAILURE"))})
        await village.close()
        return village

    village = simulate(main)
    assert said(village, "mail.ask.com")[1] == "RCPT TO:<bob@ask.com> NOTIFY=FAILURE"
    [report] = reports(village)
    assert (report["by"], report["of"][0]["Action"]) == ("mail.example.com", "expanded")


def test_an_alias_of_one_asks_further(tmp_path: Path) -> None:
    async def main(world: World) -> Village:
        village = await Village.make(world, tmp_path)
        village.files["mail.example.com"].write_text("/etc/aliases", "robert: bob@ask.com\n")
        await hand_over(village, {"robert@example.com": SUCCESS})
        await village.close()
        return village

    [report] = reports(simulate(main))
    assert (report["by"], report["of"][0]["Action"]) == ("mail.ask.com", "delivered")
    assert report["of"][0]["Original-Recipient"] == "rfc822;alias+@pc.test"


def test_never_means_never(tmp_path: Path) -> None:
    village = play(tmp_path, {"nobody@ask.com": Wish(("NEVER",))})
    assert reports(village) == [] and village.spool("mail.example.com") == []
    [told] = village.trace.find(events.Unreported)
    assert told.answer == "Nobody: alice@example.com asked for NOTIFY=NEVER."
    assert village.log("mail.example.com")[-1].endswith("Completed")
    assert village.states("alice@example.com/1")["nobody@ask.com"][2] == "bounced"


def test_success_alone_wants_no_failures(tmp_path: Path) -> None:
    to = {"nobody@ask.com": Wish(("SUCCESS",)), "bob@ask.com": Wish(("SUCCESS",))}
    [report] = reports(play(tmp_path, to))
    assert [of["Final-Recipient"] for of in report["of"]] == ["rfc822;bob@ask.com"]


def test_who_wants_to_know_is_told_and_who_does_not_is_not(tmp_path: Path) -> None:
    to = {"no1@ask.com": Wish(("NEVER",)), "no2@ask.com": Wish(("FAILURE",), "rfc822;two@x.test")}
    village = play(tmp_path, to)
    [report] = reports(village)
    [of] = report["of"]
    assert of["Final-Recipient"] == "rfc822;no2@ask.com"
    assert of["Original-Recipient"] == "rfc822;two@x.test"
    assert (of["Action"], of["Status"]) == ("failed", "5.0.0")
    assert "no1@ask.com" not in report["words"] and village.spool("mail.example.com") == []


@pytest.mark.parametrize(
    ("ret", "returned"),
    [("HDRS", "text/rfc822-headers"), ("FULL", "message/rfc822"), ("", "message/rfc822")],
)
def test_ret_says_what_a_bounce_brings_back(tmp_path: Path, ret: str, returned: str) -> None:
    [report] = reports(play(tmp_path, {"nobody@ask.com": Wish()}, ret=ret, envid="X"))
    assert (report["returned"], report["envid"]) == (returned, "X")


def test_the_null_sender_is_told_nothing(tmp_path: Path) -> None:
    async def main(world: World) -> Village:
        village = await Village.make(world, tmp_path)
        await hand_over(village, {"anna@example.com": SUCCESS}, sender="")
        await village.close()
        return village

    village = simulate(main)
    assert len(village.maildir("mail.example.com", "anna")) == 1
    assert not village.trace.find(events.Confirmed)


def test_wishes_outlive_a_restart(tmp_path: Path) -> None:
    async def main(world: World) -> Village:
        village = await Village.make(world, tmp_path)
        world.network.down(ADDRESSES["mail.ask.com"])
        await hand_over(village, {"bob@ask.com": SUCCESS}, ret="FULL", envid="E+2B")
        await world.clock.advance("5m")
        await village.stop("mail.example.com")
        world.network.up(ADDRESSES["mail.ask.com"])
        await village.start("mail.example.com")
        await world.clock.advance("1h")
        await village.close()
        return village

    [report] = reports(simulate(main))
    assert (report["by"], report["envid"]) == ("mail.ask.com", "E+")


def test_the_spool_keeps_them_as_exim_does() -> None:
    of = {"bob@ask.com": SUCCESS, '"a b"@c.test': Wish(("NEVER",)), "x@y.test": Wish((), "x;y")}
    head = SpoolHeader(
        id="1vwz8C-000001-00",
        sender="alice@example.com",
        received=0.0,
        recipients=("bob@ask.com", "plain@ask.com", '"a b"@c.test', "x@y.test"),
        wishes=Wishes(ret="HDRS", envid="QQ", of=of),
    )
    lines = write(head).decode().split("\n")
    assert "-dsn_envid QQ" in lines and "-dsn_ret 2" in lines
    assert lines[-6:-2] == [
        "bob@ask.com rfc822;alias+2B@pc.test 23,4  0,-1#3",
        "plain@ask.com",
        '"a b"@c.test  0,2  0,-1#3',
        "x@y.test x;y 3,0  0,-1#3",
    ]
    assert read(write(head)) == head


def test_a_letter_beyond_ascii_travels_with_smtputf8(tmp_path: Path) -> None:
    async def main(world: World) -> Village:
        village = await Village.make(world, tmp_path)
        village.files["mail.ask.com"].write_text("/etc/aliases", "jürgen: bob\n")
        await hand_over(village, {"jürgen@ask.com": Wish()})
        await village.close()
        return village

    village = simulate(main)
    assert said(village, "mail.ask.com")[0].endswith(" SMTPUTF8")
    [stored] = village.maildir("mail.ask.com", "bob")
    assert b"with utf8smtp " in stored and "Envelope-to: jürgen@ask.com\n".encode() in stored


def test_where_smtputf8_is_not_offered_it_comes_back(tmp_path: Path) -> None:
    to = {"jürgen@ask.com": Wish(), "bob@ask.com": Wish()}
    village = play(tmp_path, to, without=("SMTPUTF8",))
    assert len(village.maildir("mail.ask.com", "bob")) == 1
    [report] = reports(village)
    [of] = report["of"]
    assert of["Final-Recipient"] == r"utf-8;j\x{FC}rgen@ask.com"
    assert of["Status"] == "5.0.0" and "offers no SMTPUTF8" in report["words"]


def test_expn_tells_those_who_may_ask(tmp_path: Path) -> None:
    async def main(world: World) -> list[str]:
        village = await Village.make(world, tmp_path, expn_hosts="128.10.12.0/24")
        answers = []
        for source in ("games.example.com", "stranger.test"):
            reader, writer = await world.network.open_stream(
                ADDRESSES[source], ADDRESSES["mail.ask.com"], 25
            )
            writer.write(b"EHLO x.test\r\nEXPN team\r\nEXPN <bob@ask.com>\r\nEXPN no\r\n")
            writer.write(b"EXPN a b\r\nEXPN x@example.com\r\nQUIT\r\n")
            answers.append((await reader.read()).decode().split("HELP\r\n")[1])
            writer.close()
        answers.append("\n".join(village.log("mail.ask.com", "rejectlog")))
        await village.close()
        return answers

    known, stranger, log = simulate(main)
    assert known.split("\r\n")[:-2] == [
        "250-2.1.5 <bob@ask.com>",
        "250 2.1.5 <carol@ask.com>",
        "250 2.1.5 <bob@ask.com>",
        "550 5.1.1 Unrouteable address",
        "501 5.1.3 column 3: expected \"@\", found ' '",
        "550 5.1.2 example.com is not one of our domains",
    ]
    assert stranger.count("550 5.7.1 Administrative prohibition\r\n") == 5
    assert "H=(x.test) [198.51.100.9] rejected EXPN team" in log
