"""Hops: oldest first, with delays; what is forged or broken is marked and still there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labmail.message import Header, Hops, Message, hops

ROAD = b"""\
Received: from mail.example.com ([128.10.12.4] helo=mail.example.com)\r
\tby mail.ask.com with esmtps (TLS1.3:TLS_AES_256_GCM_SHA384:256)\r
\t(Exim 4.98)\r
\t(envelope-from <alice@example.com>)\r
\tid 1vx9aB-00000000001-0abc\r
\tfor bob@ask.com;\r
\tMon, 02 Mar 2026 10:00:04 +0100\r
Received: from [128.10.12.2] (helo=alice.example.com)\r
\tby mail.example.com with esmtpsa\r
\tid 1vx9aA-00000000001-0xyz for <bob@ask.com>; Mon, 02 Mar 2026 09:00:01 +0000\r
Received: from alice by alice.example.com with local; Mon, 02 Mar 2026 09:00:00 +0000\r
From: alice@example.com\r
\r
"""


def road(*lines: str) -> Hops:
    return hops(Header.parse("".join(f"Received: {line}\r\n" for line in lines).encode()))


def test_an_honest_road() -> None:
    local, submitted, relayed = Message(ROAD).hops()
    assert [hop.number for hop in (local, submitted, relayed)] == [1, 2, 3]
    assert (local.from_, local.by, local.with_, local.id) == (
        "alice",
        "alice.example.com",
        "local",
        "",
    )
    assert (submitted.from_, submitted.address, submitted.with_, submitted.for_) == (
        "alice.example.com",
        "128.10.12.2",
        "esmtpsa",
        "bob@ask.com",
    )
    assert (relayed.from_, relayed.address, relayed.id, relayed.for_) == (
        "mail.example.com",
        "128.10.12.4",
        "1vx9aB-00000000001-0abc",
        "bob@ask.com",
    )
    assert [local.delay, submitted.delay, relayed.delay] == [None, 1.0, 3.0]
    assert local.time == 1772442000.0
    assert not any(hop.doubts for hop in (local, submitted, relayed))


def test_the_text_twin() -> None:
    assert str(Message(ROAD).hops()).splitlines()[3] == (
        "3  mail.example.com [128.10.12.4]   mail.ask.com       esmtps   "
        "Mon, 02 Mar 2026 09:00:04 +0000  +3 s"
    )


def test_clocks_that_disagree_give_a_negative_delay_which_is_shown() -> None:
    first, second = road(
        "from a.test by b.test; Mon, 02 Mar 2026 08:59:57 +0000",
        "from x.test by a.test; Mon, 02 Mar 2026 09:00:00 +0000",
    )
    assert second.delay == -3.0 and first.doubts == ()
    assert second.doubts == ("3 s before the hop below: one of the two clocks is wrong",)
    assert "-3 s" in str(road("by b; x")) or "-3 s" in str(Hops((first, second)))


def test_a_forged_line_below_the_true_one_is_marked() -> None:
    oldest, forged, true = road(
        "from stranger.test ([192.0.2.66]) by mail.ask.com; Mon, 02 Mar 2026 09:00:05 +0000",
        "from inside.whitehouse.test by mail.whitehouse.test; Mon, 02 Mar 2026 09:00:00 +0000",
        "from desk by inside.whitehouse.test; Mon, 02 Mar 2026 08:59:00 +0000",
    )
    assert true.doubts == ()
    assert forged.doubts == (
        "the line above had the letter from stranger.test [192.0.2.66], not from "
        "mail.whitehouse.test: may be forged",
    )
    assert oldest.doubts == ("stands below a line that may be forged",)


def test_a_host_that_the_taker_knows_by_address_only_is_no_forger() -> None:
    older, newer = road(
        "from unknown ([192.0.2.1]) by b.test; Mon, 02 Mar 2026 09:00:05 +0000",
        "from x by [192.0.2.1]; Mon, 02 Mar 2026 09:00:00 +0000",
    )
    assert (older.doubts, newer.doubts) == ((), ())


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("from a.test by b.test", "no date"),
        ("from a.test by b.test; yesterday", "no date that can be read"),
        ("from a.test; Mon, 02 Mar 2026 09:00:00 +0000", 'no "by"'),
        ("", 'no "by"'),
        ("from a.test (unfinished by b.test; x", "cannot be read to its end"),
        (";;;", "no date that can be read"),
        ("\x00\x01", "cannot be read to its end"),
    ],
)
def test_malformed_lines_are_hops_too(line: str, doubt: str) -> None:
    (hop,) = road(line)
    assert doubt in " ".join(hop.doubts)
    assert doubt in str(Hops((hop,)))


def test_a_semicolon_in_a_comment_does_not_hide_the_date() -> None:
    (hop,) = road("from a.test (a; b) by b.test with esmtp; Mon, 02 Mar 2026 09:00:00 +0000")
    assert (hop.from_, hop.by, hop.with_, hop.time) == ("a.test", "b.test", "esmtp", 1772442000.0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.sampled_from('from by;[]()1.:<>" \t\x00é'), max_size=40), max_size=4))
def test_any_lines_give_hops(lines: list[str]) -> None:
    header = Header.parse("".join(f"Received: {line}\r\n" for line in lines).encode())
    found = hops(header)
    assert len(found) == len(lines)
    assert "\x00" not in str(found)


def test_no_lines_and_very_many() -> None:
    assert hops(Header()) == () and "no host has taken" in str(hops(Header()))
    many = road(*["from a by a; Mon, 02 Mar 2026 09:00:00 +0000"] * 5000)
    assert len(many) == 5000 and many[-1].delay == 0
