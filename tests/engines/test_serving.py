"""``labmail serve --engine exim4``: a program of one's own meets the real Exim."""

import json
import smtplib
import subprocess
import sys
from pathlib import Path

from labmail.commands.line import _parser
from labmail.engines import ENGINES, why_not


def test_the_command_offers_the_engines_that_there_are():
    for engine in ENGINES:
        assert _parser().parse_args(["serve", "--engine", engine]).engine == engine


def test_it_is_served_or_refused_with_the_reason():
    command = [sys.executable, "-m", "labmail.commands", "serve", "--engine", "exim4", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        line = process.stdout.readline()
        if reason := why_not("exim4"):
            assert reason in process.stderr.read()
            return
        facts = json.loads(line)
        served = {(each["host"], each["service"]): each for each in facts["services"]}
        endpoint = served["mail.ask.com", "smtp"]["endpoint"]
        with smtplib.SMTP(*endpoint, local_hostname="laptop.test", timeout=30) as client:
            client.sendmail("me@laptop.test", ["bob@ask.com"], "Subject: Hello\r\n\r\nHello\r\n")
        log = Path(facts["root"], "mail.ask.com/var/log/exim4/mainlog").read_text()
        assert log.split(" ", 2)[2].startswith("exim 4.")
        assert "<= me@laptop.test H=(laptop.test) [192.0.2.1]" in log
        process.terminate()
        assert process.wait(timeout=30) == 0
