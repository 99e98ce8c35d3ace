"""What both mail systems are asked about letters for other hosts: an option each."""

from __future__ import annotations

from typing import Any

from .ciphered import CIPHERED
from .peers import DROP, GREETING, Script
from .piped import PIPED
from .sides import HERE, ROUTER, THERE, Far

TWO = "one.test : two.test"
NO, LATER = "550 5.1.1 no", "451 4.7.1 later"
TLS = ("SIZE 1000000", "STARTTLS")
AUTH = ("SIZE 1000000", "AUTH PLAIN LOGIN")
BOTH = {HERE: Script(), THERE: Script()}
PLAIN = "plain:\n  driver = plaintext\n  public_name = PLAIN\n  client_send = ^bob^secret\n"
LMTP = ("protocol = lmtp", "port = 24")
LOGIN = "login:\n  driver = plaintext\n  public_name = LOGIN\n  client_send = : bob : secret\n"
WAITING = ("send ann@far.test", "send ben@far.test", "send cy@far.test")
BROKEN = {HERE: Script(says={GREETING: "421 not now"})}
SELECT = "+outgoing_port +tls_cipher +tls_peerdn +tls_certificate_verified"


def to(*options: str, **more: Any) -> Far:
    return Far(options, **more)


def one(**says: Any) -> dict[str, Script]:
    """One host, which answers otherwise to some commands."""
    return {HERE: Script(says={name.replace("_", " "): reply for name, reply in says.items()})}


def offering(*words: str, **more: Any) -> dict[str, Script]:
    return {HERE: Script(offers=words, **more)}


CASES: dict[str, Far] = {
    "plain": to(),
    "several": to(steps=("send ann@far.test,ben@far.test,cy@other.test",)),
    # ── which hosts ──
    "second host": to(hosts=TWO, peers={THERE: Script()}),
    "later at the first": to(hosts=TWO, peers={**one(RCPT=LATER), THERE: Script()}),
    "never at the first": to(hosts=TWO, peers={**one(RCPT=NO), THERE: Script()}),
    "one here, one there": to(
        hosts=TWO,
        peers={HERE: Script(says={"RCPT TO:<ben": LATER}), THERE: Script()},
        steps=("send ann@far.test,ben@far.test",),
    ),
    "nobody": to(hosts=TWO, peers={}),
    "max try": to("hosts_max_try = 1", hosts=TWO, peers={THERE: Script()}),
    "hard limit": to("hosts_max_try_hardlimit = 1", hosts=TWO, peers={THERE: Script()}),
    "own hosts": to("hosts = two.test", "hosts_override", "gethostbyname", peers=BOTH),
    "own hosts, not": to("hosts = two.test", "gethostbyname", peers=BOTH),
    "fallback": to("fallback_hosts = two.test", "gethostbyname", peers={THERE: Script()}),
    "fallback not needed": to("fallback_hosts = two.test", "gethostbyname", peers=BOTH),
    "fallback after 4xx": to(
        "fallback_hosts = two.test", "gethostbyname", peers={**one(RCPT=LATER), THERE: Script()}
    ),
    "fallback after 5xx": to(
        "fallback_hosts = two.test", "gethostbyname", peers={**one(RCPT=NO), THERE: Script()}
    ),
    "fallback fails, too": to("fallback_hosts = two.test", "gethostbyname", peers={}),
    "port": to("port = 2525", peers={HERE: Script(port=2525)}),
    "port by name": to("port = submission", peers={HERE: Script(port=587)}),
    "bad port": to("port = nothing"),
    "interface": to("interface = 192.0.2.77"),
    "bad interface": to("interface = nothing"),
    "port of a host": to(hosts="one.test::2525", peers={HERE: Script(port=2525)}),
    # ── how many at once ──
    "one domain each": to(
        "multi_domain = false", steps=("send ann@far.test,cy@other.test,ben@far.test",)
    ),
    "max_rcpt": to("max_rcpt = 2", steps=("send a@far.test,b@far.test,c@far.test,d@far.test",)),
    "max_rcpt 1": to("max_rcpt = 1", steps=("send a@far.test,b@far.test,c@other.test",)),
    "max_rcpt, one refused": to(
        "max_rcpt = 1",
        peers=one(**{"RCPT TO:<b": NO}),
        steps=("send a@far.test,b@far.test,c@far.test",),
    ),
    # ── several letters on one connection ──
    "waiting": to(peers=BROKEN, steps=(*WAITING, f"mend {HERE}", "force")),
    "waiting, then a new one": to(
        peers=BROKEN, steps=(*WAITING, f"mend {HERE}", "send dan@far.test")
    ),
    "waiting, at most two": to(
        "connection_max_messages = 2",
        peers=BROKEN,
        steps=(*WAITING, "send dan@far.test", f"mend {HERE}", "force"),
    ),
    "waiting, one each": to(
        "connection_max_messages = 1", peers=BROKEN, steps=(*WAITING, f"mend {HERE}", "force")
    ),
    "queued, one run": to(main="queue_only", steps=(*WAITING, "run")),
    "waiting, one refused": to(
        peers={
            HERE: Script(says={GREETING: ["421 not now"] * 3 + ["220 yes"], "RCPT TO:<ben": NO})
        },
        steps=(*WAITING, "force"),
    ),
    "waiting, cut off": to(
        peers={HERE: Script(says={GREETING: ["421 no"] * 3 + ["220 yes"], "RCPT TO:<ben": DROP})},
        steps=(*WAITING, "force"),
    ),
    "waiting, TLS": to(
        peers={HERE: Script(offers=TLS, says={GREETING: ["421 no"] * 3 + ["220 yes"]})},
        steps=(*WAITING, "force"),
    ),
    "waiting, TLS, one each": to(
        "hosts_nopass_tls = *",
        peers={HERE: Script(offers=TLS, says={GREETING: ["421 no"] * 3 + ["220 yes"]})},
        steps=(*WAITING, "force"),
    ),
    # ── refusals ──
    "refused": to(peers=one(RCPT=NO)),
    "later": to(peers=one(RCPT=LATER)),
    "mail refused": to(peers=one(MAIL=NO), steps=("send ann@far.test,ben@far.test",)),
    "mail later": to(peers=one(MAIL=LATER)),
    "data refused": to(peers=one(DATA=NO)),
    "data later": to(peers=one(DATA=LATER)),
    "dot refused": to(peers={HERE: Script(says={".": NO})}),
    "dot later": to(peers={HERE: Script(says={".": LATER})}),
    "greeting refused": to(peers=one(GREETING="554 go away")),
    "greeting later": to(peers=one(GREETING="421 not now")),
    "greeting strange": to(peers=one(GREETING="hello")),
    "ehlo refused": to(peers=one(EHLO="502 what")),
    "ehlo and helo refused": to(peers=one(EHLO="502 what", HELO="550 no")),
    "ehlo later": to(peers=one(EHLO="451 later")),
    "cut off at once": to(peers=one(GREETING=DROP)),
    "cut off at ehlo": to(peers=one(EHLO=DROP)),
    "cut off at mail": to(peers=one(MAIL=DROP)),
    "cut off at rcpt": to(peers=one(RCPT=DROP)),
    "cut off at data": to(peers=one(DATA=DROP)),
    "cut off at dot": to(peers={HERE: Script(says={".": DROP})}),
    "421 at rcpt": to(peers=one(RCPT="421 closing"), steps=("send a@far.test,b@far.test",)),
    "strange answer": to(peers=one(RCPT="hello")),
    "long answer": to(peers=one(RCPT="550-one\r\n550 two")),
    "answer of two lines": to(peers={HERE: Script(says={".": "250-one\r\n250 two"})}),
    # ── how it is said ──
    "helo": to("hosts_avoid_esmtp = *"),
    "helo data": to("helo_data = x.$host_address"),
    "bad helo data": to("helo_data = ${bogus}"),
    "size addition": to("size_addition = -1"),
    "no size": to(peers=offering()),
    "eight bits": to(body="gr\u00fcn\n", peers=offering("8BITMIME")),
    "eight bits, not offered": to(body="gr\u00fcn\n", peers=offering()),
    "dsn": to(peers=offering("DSN", "SIZE 1000000")),
    "pipelining": to(
        peers=offering("PIPELINING", "SIZE 1000000"), steps=("send a@far.test,b@far.test",)
    ),
    "pipelining avoided": to(
        "hosts_avoid_pipelining = *", peers=offering("PIPELINING"), selector="+pipelining"
    ),
    "affixes": to(
        "rcpt_include_affixes",
        routers=ROUTER.replace("  transport", "  local_part_suffix = -x\n  transport"),
        steps=("send ann-x@far.test",),
    ),
    "affixes taken off": to(
        routers=ROUTER.replace("  transport", "  local_part_suffix = -x\n  transport"),
        steps=("send ann-x@far.test",),
    ),
    "return path": to("return_path = x-$local_part@lab.test"),
    "sender authenticated": to("authenticated_sender = bob@lab.test", peers=offering(*AUTH)),
    "sender authenticated, forced": to(
        "authenticated_sender = bob@lab.test", "authenticated_sender_force", peers=offering(*AUTH)
    ),
    # ── LMTP, SMTPS ──
    "lmtp": to(*LMTP, peers={HERE: Script(port=24)}),
    "lmtp, one full": to(
        *LMTP,
        peers={HERE: Script(port=24, says={".": "250 yes|452 4.2.2 full|550 5.2.1 off"})},
        steps=("send a@far.test,b@far.test,c@far.test",),
    ),
    "lmtp, quota ignored": to(*LMTP, "lmtp_ignore_quota", peers=offering("IGNOREQUOTA", port=24)),
    "lmtp, other port": to("protocol = lmtp", "port = 2424", peers={HERE: Script(port=2424)}),
    "smtps": to("protocol = smtps", peers={HERE: Script(port=465, tls=True)}),
    "smtps, other port": to(
        "protocol = smtps", "port = 4465", peers={HERE: Script(port=4465, tls=True)}
    ),
    # ── TLS ──
    "tls": to(peers=offering(*TLS)),
    "tls, in the log": to(peers=offering(*TLS), selector=SELECT),
    "tls avoided": to("hosts_avoid_tls = *", peers=offering(*TLS)),
    "tls required": to("hosts_require_tls = *", peers=offering(*TLS)),
    "tls required, not offered": to("hosts_require_tls = *"),
    "tls required, refused": to(
        "hosts_require_tls = *",
        peers={HERE: Script(offers=TLS, says={"STARTTLS": "454 not now"})},
    ),
    "tls refused": to(peers={HERE: Script(offers=TLS, says={"STARTTLS": "454 not now"})}),
    "tls refused for good": to(peers={HERE: Script(offers=TLS, says={"STARTTLS": "554 no"})}),
    "tls refused, not in clear": to(
        "no_tls_tempfail_tryclear",
        peers={HERE: Script(offers=TLS, says={"STARTTLS": "454 not now"})},
    ),
    "tls cut off": to(peers={HERE: Script(offers=TLS, says={"STARTTLS": DROP})}),
    "verified": to("tls_verify_certificates = DIR/ca.pem", peers=offering(*TLS)),
    "must verify": to(
        "tls_verify_certificates = DIR/ca.pem", "tls_verify_hosts = *", peers=offering(*TLS)
    ),
    "must verify, cannot": to(
        "tls_verify_hosts = *",
        peers=offering(*TLS),
    ),
    "name not verified": to(
        "tls_verify_certificates = DIR/ca.pem",
        "tls_verify_hosts = *",
        hosts="192.0.2.21",
        peers=offering(*TLS),
    ),
    "name does not count": to(
        "tls_verify_certificates = DIR/ca.pem",
        "tls_verify_hosts = *",
        "tls_verify_cert_hostnames =",
        hosts="192.0.2.21",
        peers=offering(*TLS),
    ),
    "try verify nobody": to(
        "tls_verify_certificates = DIR/ca.pem", "tls_try_verify_hosts =", peers=offering(*TLS)
    ),
    # ── AUTH ──
    "auth": to("hosts_try_auth = *", authenticators=PLAIN, peers=offering(*AUTH)),
    "auth login": to(
        "hosts_try_auth = *",
        authenticators=LOGIN,
        peers={
            HERE: Script(
                offers=AUTH,
                says={"AUTH": "334 VXNlcm5hbWU6", "Ym9i": "334 UGFzc3dvcmQ6", "c2Vj": "235 yes"},
            )
        },
    ),
    "auth not asked for": to(authenticators=PLAIN, peers=offering(*AUTH)),
    "auth refused": to(
        "hosts_try_auth = *",
        authenticators=PLAIN,
        peers={HERE: Script(offers=AUTH, says={"AUTH": "535 no"})},
    ),
    "auth later": to(
        "hosts_try_auth = *",
        authenticators=PLAIN,
        peers={HERE: Script(offers=AUTH, says={"AUTH": "454 later"})},
    ),
    "auth required": to("hosts_require_auth = *", authenticators=PLAIN, peers=offering(*AUTH)),
    "auth required, refused": to(
        "hosts_require_auth = *",
        authenticators=PLAIN,
        peers={HERE: Script(offers=AUTH, says={"AUTH": "535 no"})},
    ),
    "auth required, not offered": to("hosts_require_auth = *", authenticators=PLAIN),
    "auth required, nothing to say": to("hosts_require_auth = *", peers=offering(*AUTH)),
    "auth forced not": to(
        "hosts_try_auth = *",
        authenticators=PLAIN.replace("^bob^secret", "${if eq{a}{b}{x}fail}"),
        peers=offering(*AUTH),
    ),
    "auth bad string": to(
        "hosts_try_auth = *",
        authenticators=PLAIN.replace("^bob^secret", "${bogus}"),
        peers=offering(*AUTH),
    ),
    "auth second": to(
        "hosts_try_auth = *",
        authenticators=PLAIN + LOGIN,
        peers={
            HERE: Script(
                offers=AUTH,
                says={
                    "AUTH PLAIN": "535 no",
                    "AUTH LOGIN": "334 VXNlcm5hbWU6",
                    "Ym9i": "334 UGFzc3dvcmQ6",
                    "c2Vj": "235 yes",
                },
            )
        },
    ),
    "auth and sender": to(
        "hosts_try_auth = *",
        "authenticated_sender = bob@lab.test",
        authenticators=PLAIN,
        peers=offering(*AUTH),
    ),
    "auth, in the log": to(
        "hosts_try_auth = *",
        authenticators=PLAIN.replace("client_send", "client_set_id = bob\n  client_send"),
        peers=offering(*AUTH),
    ),
    **CIPHERED,
    **PIPED,
}
