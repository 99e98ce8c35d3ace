"""Who is let in: those who can read the cookie, and nobody else; and what a stranger can cost."""

from __future__ import annotations

import gc
import os
import socket
import stat
import threading
import weakref
from dataclasses import replace

import pytest

from labmail.commands.control import asking, channel, cookie, finding, frames
from labmail.commands.control.frames import ChannelError, Line, Question
from labmail.lab import Lab


def knock(lab) -> socket.socket:
    known = cookie.read(lab.root)
    return socket.create_connection(("127.0.0.1", known.port), 10)


def test_the_cookie_is_for_its_owner(lab) -> None:
    path = lab.root / cookie.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    known = cookie.read(lab.root)
    assert known.pid == os.getpid() and known.town == "two_companies"
    assert len(bytes.fromhex(known.secret)) == 32


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.chmod(0o644),
        lambda path: path.write_text("{}"),
        lambda path: path.write_text("[1"),
        lambda path: path.write_text(
            '{"port": 70000, "secret": "", "pid": 1, "town": "", "hosts": []}'
        ),
        lambda path: (path.rename(path.with_name("real")), path.symlink_to(path.with_name("real"))),
    ],
)
def test_a_cookie_that_is_none_is_not_believed(tmp_path, spoil) -> None:
    known = cookie.Cookie(port=1, secret="s", pid=1, town="names", hosts=("a.test",))
    cookie.write(tmp_path, known)
    assert cookie.read(tmp_path) == known
    spoil(tmp_path / cookie.FILE)
    assert cookie.read(tmp_path) is None


def test_a_lab_does_not_remove_the_cookie_of_its_successor(tmp_path) -> None:
    first = cookie.Cookie(port=1, secret="s", pid=1, town="names", hosts=())
    second = replace(first, secret="t")
    cookie.write(tmp_path, first)
    cookie.write(tmp_path, second)
    cookie.remove(tmp_path, first)
    assert cookie.read(tmp_path) == second
    cookie.remove(tmp_path, second)
    assert cookie.read(tmp_path) is None


def test_who_does_not_know_the_secret_is_sent_away(lab) -> None:
    known = cookie.read(lab.root)
    with pytest.raises(ChannelError, match="has gone"):
        asking.call(replace(known, secret="0" * 64))


def test_a_terminal_does_not_talk_to_an_impostor() -> None:
    """Somebody got the port of a lab that was killed: it hears no question."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def pretend() -> None:
            connection, _ = door.accept()
            line = Line(connection)
            line.send(frames.NUMBER, bytes(frames.NUMBER_SIZE))
            heard.append(line.receive(frames.PROOF)[1])
            line.send(frames.PROOF, heard[0][frames.NUMBER_SIZE :])  # her own proof, sent back
            heard.append(connection.recv(1000))
            line.close()

        pretender = threading.Thread(target=pretend)
        pretender.start()
        port = door.getsockname()[1]
        known = cookie.Cookie(port=port, secret="secret", pid=1, town="names", hosts=())
        with pytest.raises(ChannelError, match="somebody else listens"):
            asking.call(known)
        pretender.join(10)
    assert b"secret" not in heard[0] and heard[1] == b""


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        frames.HEAD.pack(frames.PROOF, frames.LONGEST) + bytes(100),
        frames.HEAD.pack(frames.PROOF, 0),
        frames.HEAD.pack(frames.PROOF, 64) + bytes(64),
        frames.HEAD.pack(frames.QUESTION, 2) + b"{}",
        b"\xff" * 5000,
        b"",
    ],
)
def test_a_stranger_is_told_nothing(lab, said) -> None:
    with knock(lab) as stranger:
        heard = b""
        try:  # she may be shown the door in the middle of a word
            stranger.sendall(said)
            stranger.shutdown(socket.SHUT_WR)
            while part := stranger.recv(1000):
                heard += part
        except OSError:
            pass
    assert len(heard) <= frames.HEAD.size + frames.NUMBER_SIZE  # the number, and no more


@pytest.mark.parametrize(
    "question",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"host": 1, "user": "", "words": ["exim"]}',
        b'{"host": "a", "user": "", "words": []}',
        b'{"host": "a", "user": "", "words": "exim"}',
        '{"host": "a", "user": "", "words": ["\u20ac"]}'.encode(),
        b'{"host": "a", "user": "", "words": ["a\\u0000b"]}',
        b"[" * 100_000,
    ],
)
def test_a_question_that_is_none_ends_the_visit(lab, question) -> None:
    with pytest.raises(ChannelError):
        Question.read(question)
    line = asking.call(cookie.read(lab.root))
    try:
        line.send(frames.QUESTION, question)
        with pytest.raises((ChannelError, ConnectionError)):
            line.receive(frames.EXIT)
    finally:
        line.close()


def test_many_strangers_cannot_keep_the_owner_out_for_long(lab, monkeypatch) -> None:
    monkeypatch.setattr(channel, "PATIENCE", 0.2)
    crowd = [knock(lab) for _ in range(channel.MOST + 8)]
    try:
        for _ in range(100):
            try:
                asking.call(cookie.read(lab.root)).close()
                break
            except (OSError, ChannelError):
                threading.Event().wait(0.05)
        else:
            pytest.fail("the owner was never let in")
    finally:
        for each in crowd:
            each.close()


def test_a_lab_that_ends_ends_its_visits(reachable) -> None:
    lab = Lab("names")
    known = cookie.read(lab.root)
    line = asking.call(known)
    before = {each.name for each in threading.enumerate()}
    assert "labmail-control" in before
    lab.close()
    with pytest.raises((ChannelError, OSError)):
        line.receive(frames.EXIT)
    line.close()
    with pytest.raises(OSError):
        asking.call(known)
    assert finding.at(lab.root) is None


def test_the_channel_does_not_keep_a_lab_alive(reachable) -> None:
    lab = Lab("names")
    gone, known = weakref.ref(lab), cookie.read(lab.root)
    del lab
    gc.collect()
    assert gone() is None
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", known.port), 10).close()


def test_a_lab_that_is_reset_is_reached_again(reachable) -> None:
    with Lab("names") as lab:
        before = cookie.read(lab.root)
        lab.reset()
        after = cookie.read(lab.root)
        assert after.secret != before.secret
        asking.call(after).close()


def test_without_threads_there_is_no_channel(reachable) -> None:
    with Lab("names", threads=False) as lab:
        assert cookie.read(lab.root) is None


def test_labs_that_nobody_answers_for_have_none() -> None:
    from labmail.lab import control

    opener = control._opener
    control.open_with(None)
    try:
        with Lab("names") as lab:
            assert cookie.read(lab.root) is None
    finally:
        control.open_with(opener)
