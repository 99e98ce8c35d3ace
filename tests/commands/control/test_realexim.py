"""Where real exim4 does a host's mail, a second terminal asks the real one."""

from __future__ import annotations

import pytest

from tests.commands.control.conftest import Terminal
from tests.engines.conftest import start

HOST = "mail.example.com"


@pytest.mark.peer("exim4")
def test_the_real_one_answers(reachable: None) -> None:
    lab = start()
    if lab is None:  # the refusal has been looked at
        return
    with lab:
        desk = Terminal(lab)
        assert desk.at(HOST, "exim", "-bV").out.startswith("Exim version 4.")
        assert desk.at(HOST, "exim", "-be", input=b"${uc:abc}\n").out == "> ABC\n> \n"
        letter = b"To: anna@example.com\nSubject: Queued\n\nhi\n"
        assert desk.at(HOST, "sendmail", "-odq", "-t", input=letter).code == 0
        (waiting,) = lab.host(HOST).queue
        assert f"{waiting.id} <root@example.com>\n" in desk.at(HOST, "mailq").out
        frozen = desk.at(HOST, "exim", "-Mf", waiting.id)
        assert frozen.out == f"Message {waiting.id} is now frozen\n"
        assert desk.at(HOST, "exim", "-Mt", waiting.id).code == 0
        assert desk.at(HOST, "runq").code == 0
        assert desk.at(HOST, "mailq").out == ""
        said = desk.at(HOST, "--user", "alice", "mailq")
        assert said.code == 1 and "as root only" in said.err
