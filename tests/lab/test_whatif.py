"""What if an answer of Debian's were another: lines, effects, decisions; on a host, and on none."""

from __future__ import annotations

import json

import pytest

import labmail
from labmail.exim.debian import owntree
from labmail.exim.debian.answers import Answers, AnswersError
from labmail.exim.debian.generate import OUTPUT
from labmail.lab import Lab
from labmail.lab.explaining.whatif import PEOPLE, WhatIf, what_if

SMARTHOST = {"dc_eximconfig_configtype": "smarthost", "dc_smarthost": "192.0.2.7::587"}


@pytest.fixture(scope="module")
def smart() -> WhatIf:
    ask = ["bob@ask.com", "root@example.com", "nobody@example.com"]
    return what_if(ask=ask, **SMARTHOST)


def test_three_parts(smart: WhatIf) -> None:
    assert smart.answers["dc_eximconfig_configtype"] == ("internet", "smarthost")
    changed = {line for change in smart.lines for line in change.after}
    assert "DCsmarthost=192.0.2.7::587" in changed
    assert ("router dnslookup", None) in {(one.what, one.after) for one in smart.effects}
    assert [told.changed for told in smart.decisions] == [True, False, False]


def test_a_decision_tells_where_the_ways_part(smart: WhatIf) -> None:
    far, root, nobody = smart.decisions
    assert far.after == (
        "router smarthost, transport remote_smtp_smarthost, host 192.0.2.7 [192.0.2.7]",
    )
    assert far.why == "dnslookup could not say, and is gone; smarthost is new, and takes it"
    assert root.before == ("alice@example.com: router local_user, transport mail_spool",)
    assert nobody.before == ("cannot be delivered: Unrouteable address",)


def test_on_a_host_its_files_and_names_count() -> None:
    with Lab("two_companies") as lab:
        host = lab.host("mail.example.com")
        answers = Answers({"dc_eximconfig_configtype": "internet"})
        for path, octets in owntree.host(answers, "example.com", host.name).items():
            host.files.write_text(path, octets.decode())
        host.files.write_text("/etc/passwd", PEOPLE["/etc/passwd"].decode())
        host.files.write_text("/etc/group", PEOPLE["/etc/group"].decode())
        kept = host.files.read_text(OUTPUT)
        told = labmail.what_if(host, ask=["bob@ask.com"], **SMARTHOST)
        (decision,) = told.decisions
        assert decision.before == (
            "router dnslookup, transport remote_smtp, host mail.ask.com [128.10.30.2]",
        )
        assert decision.why == "dnslookup took it, and is gone; smarthost is new, and takes it"
        assert host.files.read_text(OUTPUT) == kept


def test_another_domain_of_one_s_own() -> None:
    told = what_if(dc_other_hostnames="example.com:ask.com", ask=["bob@ask.com"])
    (decision,) = told.decisions
    assert decision.after == ("router local_user, transport mail_spool",)
    assert decision.why.startswith("dnslookup could not say, and stands aside now (ask.com is in")
    assert decision.why.endswith("local_user was not reached, and takes it")


def test_back_again_is_the_other_way_round() -> None:
    told = what_if(
        before="dc_eximconfig_configtype='local'\n",
        dc_other_hostnames="ask.com",
        ask=["bob@ask.com"],
    )
    (decision,) = told.decisions
    assert decision.before[0].startswith("cannot be delivered: Mailing to remote domains")
    assert "nonlocal refused it, and stands aside now" in decision.why
    other = what_if(
        before={"dc_eximconfig_configtype": "local", "dc_other_hostnames": "ask.com"},
        dc_other_hostnames="",
        ask=["bob@ask.com"],
    )
    assert (other.decisions[0].before, other.decisions[0].after) == (
        decision.after,
        decision.before,
    )


def test_nothing_changes_where_the_answer_is_the_same() -> None:
    told = what_if(dc_eximconfig_configtype="internet", ask=["alice@example.com"])
    assert not told.answers and not told.lines and not told.effects
    assert str(told).startswith("no answer is another one\n\nnothing changes\n")
    assert "nothing changes" in told._repr_html_()


def test_it_is_plain_data_and_html(smart: WhatIf) -> None:
    data = smart.data()
    assert json.loads(json.dumps(data))["decisions"][0]["changed"] is True
    page = smart._repr_html_()
    assert "goes another way" in page and "<script" not in page
    hostile = what_if(dc_other_hostnames="<script>alert(1)</script>")
    assert "<script" not in hostile._repr_html_()


def test_mistakes_are_told() -> None:
    with pytest.raises(ValueError, match="there is no answer dc_smarthots"):
        what_if(dc_smarthots="x")
    with pytest.raises(AnswersError):
        what_if(before="dc_smarthost=$(id)")
    assert labmail.what_if is what_if
