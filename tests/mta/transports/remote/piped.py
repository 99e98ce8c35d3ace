"""What both mail systems are asked about commands in one go (PIPELINING, RFC 2920)."""

from __future__ import annotations

from typing import Any

from .peers import DROP, Script
from .sides import HERE, Far

OFFERS = ("SIZE 1000000", "PIPELINING")
NO, LATER, STRANGE = "550 5.1.1 no", "451 4.7.1 later", "hello"
THREE = ("send a@far.test,b@far.test,c@far.test",)


def to(*options: str, steps: tuple[str, ...] = THREE, selector: str = "", **says: Any) -> Far:
    """A letter for a host that offers it, and takes its time; it answers otherwise as ``says``."""
    answers = {name.replace("_", " "): reply for name, reply in says.items()}
    port = 24 if "protocol = lmtp" in options else 25
    script = Script(offers=OFFERS, says=answers, patient=True, port=port)
    return Far(options, peers={HERE: script}, steps=steps, selector=selector)


LETTERS = ("send ann@far.test", "send ben@far.test", "send cy@far.test")
QUICK = {HERE: Script(offers=OFFERS, says={"GREETING": ["421 not now"] * 3 + ["220 yes"]})}

PIPED: dict[str, Far] = {
    "piped": to(),
    "piped, in the log": to(selector="+pipelining"),
    "piped, avoided": to("hosts_avoid_pipelining = *", selector="+pipelining"),
    "piped, avoided with others": to("hosts_avoid_pipelining = two.test"),
    "piped, max_rcpt": to("max_rcpt = 2"),
    "piped, lmtp": to("protocol = lmtp", "port = 24"),
    "piped, lmtp, one full": to(
        "protocol = lmtp", "port = 24", **{".": "250 yes|452 4.2.2 full|550 5.2.1 off"}
    ),
    "piped, mail refused": to(MAIL=NO, RCPT="503 no mail", DATA="503 no mail"),
    "piped, mail refused, all taken": to(MAIL=NO),
    "piped, mail later": to(MAIL=LATER, RCPT="503 no mail", DATA="503 no mail"),
    "piped, one refused": to(**{"RCPT TO:<b": NO}),
    "piped, one later": to(**{"RCPT TO:<b": LATER}),
    "piped, all refused": to(RCPT=NO, DATA="503 nobody"),
    "piped, all refused, go on": to(RCPT=NO),
    "piped, all later": to(RCPT=LATER, DATA="554 nobody"),
    "piped, all later, go on": to(RCPT=LATER),
    "piped, all refused, cut off": to(RCPT=NO, DATA=DROP),
    "piped, data refused": to(DATA=NO),
    "piped, data later": to(DATA=LATER),
    "piped, dot refused": to(**{".": NO}),
    "piped, dot later": to(**{".": LATER}),
    "piped, cut off at mail": to(MAIL=DROP),
    "piped, cut off at one": to(**{"RCPT TO:<b": DROP}),
    "piped, cut off at data": to(DATA=DROP),
    "piped, cut off at dot": to(**{".": DROP}),
    "piped, 421 at mail": to(MAIL="421 closing"),
    "piped, 421 at one": to(**{"RCPT TO:<b": "421 closing"}),
    "piped, 421 at data": to(DATA="421 closing"),
    "piped, strange mail": to(MAIL=STRANGE),
    "piped, strange one": to(**{"RCPT TO:<b": STRANGE}),
    "piped, strange data": to(DATA=STRANGE),
    "piped, data is done": to(DATA="250 done"),
    "piped, several letters": Far(peers=QUICK, steps=(*LETTERS, "force")),
}
