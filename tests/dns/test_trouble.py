"""A name server that fails or lies: what stands in the reply."""

import dns.message
import dns.rcode
import pytest

from labmail.dns.trouble import failing, lying


def reply(name, rdtype, *answer, additional=()):
    message = dns.message.make_response(dns.message.make_query(name, rdtype))
    message.answer = [dns.rrset.from_text(*rrset) for rrset in answer]
    message.additional = [dns.rrset.from_text(*rrset) for rrset in additional]
    return message


MX = ("ask.com.", 300, "IN", "MX", "10 mail.ask.com.")
A = ("mail.ask.com.", 300, "IN", "A", "128.10.30.2")


def test_a_failure_says_nothing_else():
    message = reply("ask.com", "MX", MX, additional=[A])
    failing(message)
    assert message.rcode() == dns.rcode.SERVFAIL
    assert message.answer == message.authority == message.additional == []


def test_a_lie_changes_the_answer_to_its_question():
    message = reply("Mail.ASK.com", "A", A)
    lying({"mail.ask.com": "192.0.2.66"})(message)
    assert [str(rrset) for rrset in message.answer] == ["mail.ask.com. 60 IN A 192.0.2.66"]


def test_a_lie_gives_a_name_to_what_does_not_exist():
    message = reply("new.ask.com", "A")
    message.set_rcode(dns.rcode.NXDOMAIN)
    lying({"new.ask.com": "192.0.2.66"})(message)
    assert message.rcode() == dns.rcode.NOERROR
    assert message.answer[0][0].address == "192.0.2.66"


def test_a_lie_is_told_beside_the_answer_too():
    message = reply("ask.com", "MX", MX, additional=[A])
    lying({"mail.ask.com": "192.0.2.66", "x.ask.com": "2001:db8::1"})(message)
    assert [str(rrset) for rrset in message.answer] == ["ask.com. 300 IN MX 10 mail.ask.com."]
    assert message.additional[0][0].address == "192.0.2.66"


def test_a_lie_about_one_kind_of_address_leaves_the_other_alone():
    message = reply("mail.ask.com", "A", A)
    lying({"mail.ask.com": "2001:db8::66"})(message)
    assert message.answer[0][0].address == "128.10.30.2"


def test_an_address_that_is_none_is_refused():
    with pytest.raises(ValueError, match="nowhere"):
        lying({"mail.ask.com": "nowhere"})
