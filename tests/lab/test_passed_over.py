"""A host in a private network, to which Debian's routers send nothing: the story says so."""

from __future__ import annotations

from labmail.lab import Lab, read_town

TOWN = """
[hosts."mail.village.test"]
address = "198.51.100.7"
services = ["smtp", "submission", "dns"]
domains = ["village.test"]
[hosts."mail.private.test"]
address = "172.20.10.3"
services = ["smtp", "dns"]
domains = ["private.test"]
nameservers = ["198.51.100.7"]
[users."mira@village.test"]
[users."tom@private.test"]
"""
OVER = "ignore_target_hosts passes over 172.20.10.3"
TEXT = "all relevant MX records point to non-existent hosts"


def test_an_address_that_is_passed_over_is_told() -> None:
    with Lab(read_town(TOWN, name="private"), threads=False) as lab:
        letter = lab.user("mira@village.test").send(to="tom@private.test", subject="Noon?")
        told = str(lab.story(letter))
        assert f"mail.private.test [172.20.10.3], preference 10; {OVER}; " in told
        host = lab.host("mail.village.test")
        log = host.files.read_text("/var/log/exim4/mainlog")
        assert f" ** tom@private.test R=dnslookup: {TEXT}\n" in log  # as Exim says it
        why = lab.explain("tom@private.test", at=host)
        steps = {
            step.option or step.answer: step for step in why.steps if step.router == "dnslookup"
        }
        assert steps["ignore_target_hosts"].answer == "yes"
        assert steps["decline"].why == f"{TEXT}: {OVER}"
