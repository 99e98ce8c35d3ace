"""What is asked of a server on port 587: STARTTLS, AUTH, submission; row by row."""
# A row is a line, however long.
# ruff: noqa: E501

from .play import AGAIN, FRESH, HELLO, LOGGED_IN, SECRET, Check

# fmt: off
MAIL, RCPT = "MAIL FROM:<alice@example.com> => 250 ", "RCPT TO:<bob@ask.com> => 250 "

ROWS: list[tuple[str, str, tuple[str, ...], *tuple[str, ...]]] = [
    ("6409 §4.3", "no letter without a login", HELLO, "MAIL FROM:<alice@example.com> => 530 5.7.0 "),
    ("6409 §4.3", "nor inside TLS without one", AGAIN, "MAIL FROM:<alice@example.com> => 530 5.7.0 "),
    ("6409 §3.1", "STARTTLS is offered", FRESH, r"EHLO client.test => (?s:.*)250[- ]STARTTLS\r\n"),
    ("4954 §4", "AUTH is not offered in the clear", FRESH, r"EHLO client.test => (?!(?s:.*)AUTH)250-"),
    ("4954 §4", "a password in the clear is refused, unread", HELLO, "AUTH PLAIN {alice} => 5(?:38|03|02|30|34) "),
    ("4954 §4", "AUTH LOGIN in the clear asks nothing", HELLO, "AUTH LOGIN => 5(?:38|03|02|30|34) "),
    ("3207 §4.2", "AUTH is offered inside TLS, STARTTLS no more", SECRET, r"EHLO client.test => (?!(?s:.*)STARTTLS)(?s:.*)250[- ]AUTH PLAIN LOGIN\r\n"),
    ("3207 §4.2", "a login before TLS does not last: EHLO must come again", SECRET, "AUTH PLAIN {alice} => 503 "),
    ("4954 §4", "AUTH PLAIN with an initial response", AGAIN, "AUTH PLAIN {alice} => 235 2.7.0 "),
    ("4954 §4", "AUTH PLAIN without one: an empty challenge", AGAIN, r"AUTH PLAIN => 334 \r\n", "{alice} => 235 2.7.0 "),
    ("4954 §4", "AUTH LOGIN asks for name and password", AGAIN, r"AUTH LOGIN => 334 VXNlcm5hbWU6\r\n", r"{login} => 334 UGFzc3dvcmQ6\r\n", "{password} => 235 "),
    ("4954 §4", "AUTH LOGIN with the name at once", AGAIN, "AUTH LOGIN {login} => 334 ", "{password} => 235 "),
    ("4954 §4", "capitals do not matter in the mechanism's name", AGAIN, "auth plain {alice} => 235 "),
    ("4954 §6", "a wrong password is 535", AGAIN, "AUTH PLAIN {wrong} => 535 5.7.8 "),
    ("4954 §6", "after which one may try again", AGAIN, "AUTH PLAIN {wrong} => 535 ", "AUTH PLAIN {alice} => 235 "),
    ("4954 §4", "after a wrong password nobody is logged in", AGAIN, "AUTH PLAIN {wrong} => 535 ", "MAIL FROM:<alice@example.com> => 530 "),
    ("4954 §4", "wrong passwords have an end", AGAIN, *["AUTH PLAIN {wrong} => 535 "] * 4, "AUTH PLAIN {wrong} => 421 ", "closed"),
    ("4954 §4", "a star cancels: 501", AGAIN, "AUTH PLAIN => 334 ", "* => 501 ", "NOOP => 250 "),
    ("4954 §4", "a star cancels in the middle of LOGIN", AGAIN, "AUTH LOGIN => 334 ", "{login} => 334 ", "* => 501 ", "NOOP => 250 "),
    ("4954 §4", "what is not base64 is 501", AGAIN, "AUTH PLAIN => 334 ", "?!? => 501 ", "AUTH PLAIN a*b => 501 "),
    ("4954 §4", "base64 that is no PLAIN is 501 or 535", AGAIN, "AUTH PLAIN YWxpY2U= => 5(?:01|35) "),
    ("4954 §4", "= is an empty initial response", AGAIN, "AUTH PLAIN = => 5(?:01|35) ", "NOOP => 250 "),
    ("4954 §4", "an unknown mechanism is 504", AGAIN, "AUTH XYZZY => 504 5.5.4 ", "AUTH CRAM-MD5 => 504 "),
    ("4954 §4", "AUTH wants a mechanism", AGAIN, "AUTH => 501 "),
    ("4954 §4", "AUTH takes two words at most", AGAIN, "AUTH PLAIN {alice} x => 501 "),
    ("4954 §4", "once is enough: 503", LOGGED_IN, "AUTH PLAIN {alice} => 503 "),
    ("4954 §4", "not within a letter", AGAIN, "AUTH PLAIN {alice} => 235 ", MAIL, "AUTH PLAIN {alice} => 503 ", RCPT),
    ("4954 §4", "AUTH needs EHLO", SECRET, "HELO client.test => 250 ", "AUTH PLAIN {alice} => 503 "),
    ("4954 §4", "a line of AUTH may have 12,288 octets", AGAIN, "AUTH PLAIN => 334 ", "A" * 12_284 + " => 5(?:01|35) ", "NOOP => 250 "),
    ("4954 §4", "a longer one is 500", AGAIN, "AUTH PLAIN => 334 ", "A" * 12_400 + " => 500 5.5.6 ", "NOOP => 250 "),
    ("4954 §4", "a login outlives RSET", LOGGED_IN, "RSET => 250 ", MAIL),
    ("4954 §4", "and EHLO", LOGGED_IN, "EHLO client.test => 250-", MAIL),
    ("4954 §4", "the challenge is not obeyed as a command", AGAIN, "AUTH LOGIN => 334 ", "NOOP x => 501 ", "NOOP => 250 "),
    ("4954 §5", "AUTH= of MAIL", LOGGED_IN, "MAIL FROM:<alice@example.com> AUTH=<> => 250 ", "RSET => 250 ", "MAIL FROM:<alice@example.com> AUTH=e+3Dmc2@example.com => 250 "),
    ("4954 §5", "AUTH= is xtext", LOGGED_IN, "MAIL FROM:<alice@example.com> AUTH= => 501 ", "MAIL FROM:<alice@example.com> AUTH=a+zz => 501 "),
    ("6409 §3.1", "a letter for the world", LOGGED_IN, MAIL, RCPT, "DATA => 354 ", "Subject: out\r\n\r\nx\r\n. => 250 ", "stored => Subject: out"),
    ("3848", "its Received says esmtpsa", LOGGED_IN, MAIL, RCPT, "DATA => 354 ", "Subject: w\r\n\r\nx\r\n. => 250 ", "stored => with esmtpsa "),
    ("6409 §8.2", "Date, Message-ID and From are added where they are missing", LOGGED_IN, MAIL, RCPT, "DATA => 354 ", "Subject: bare\r\n\r\nx\r\n. => 250 ", r"stored => (?i)(?=.*\nDate: )(?=.*\nMessage-Id: <)(?=.*\nFrom: alice@example\.com)"),
    ("6409 §8", "and not where they are there", LOGGED_IN, MAIL, RCPT, "DATA => 354 ", "Date: Mon, 02 Mar 2026 08:00:00 +0000\r\nFrom: a@b.test\r\nMessage-ID: <mine@x>\r\n\r\nx\r\n. => 250 ", r"stored => (?is)\A(?!.*\nDate:.*\nDate:)(?!.*\nFrom:.*\nFrom:)(?!.*\nMessage-ID:.*\nMessage-ID:)"),
    ("5321 §3.3", "unknown recipients of our own are known at once, or come back", LOGGED_IN, MAIL, "RCPT TO:<nobody@example.com> => [25]5"),
    ("6409 §3.1", "CHUNKING here, too", LOGGED_IN, MAIL, RCPT, "|BDAT 15\r\nSubject: bd\r\n\r\n", "=> 250 ", "BDAT 0 LAST => 250 ", "stored => Subject: bd"),
    ("3461 §4.1", "DSN here, too", LOGGED_IN, "MAIL FROM:<alice@example.com> RET=HDRS ENVID=x => 250 ", "RCPT TO:<bob@ask.com> NOTIFY=NEVER => 250 "),
    ("6531 §3.4", "SMTPUTF8 here, too", LOGGED_IN, "MAIL FROM:<alice@example.com> SMTPUTF8 => 250 ", "RCPT TO:<j\xc3\xbcrgen@ask.com> => 250 "),
    ("5321 §4.1.1.10", "QUIT inside TLS", LOGGED_IN, "QUIT => 221 ", "closed"),
    ("5321 §4.1.1", "unknown commands inside TLS", AGAIN, "XYZZY => 500 "),
    ("3207 §4.1", "a handshake that is none ends the connection", HELLO, "STARTTLS => 220 ", "this is no TLS", "closed"),
]
CHECKS = [Check(law, asks, opening, steps, 587) for law, asks, opening, *steps in ROWS]  # type: ignore[arg-type]
