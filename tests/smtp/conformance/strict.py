"""The corners: what only a strict reader of the grammar asks, on both ports; row by row."""
# A row is a line, however long.
# ruff: noqa: E501

from .play import AGAIN, DATA, FRESH, HELLO, LOGGED_IN, READY, SENDER, Check, plain

# fmt: off
LABEL = "d" * 63
XTEXT = "x" * 480 + "@example.com"

PORT_25: list[tuple[str, str, tuple[str, ...], *tuple[str, ...]]] = [
    # ── names and literals ──────────────────────────────────────────────────────────────────────
    ("5321 §4.1.2", "labels of the name in EHLO neither begin nor end with a hyphen", FRESH, "EHLO -a.test => 501 ", "EHLO a-.test => 501 ", "EHLO a-b.test => 250-"),
    ("5321 §4.1.2", "nor are they empty", FRESH, "EHLO a..test => 501 ", "EHLO .a.test => 501 ", "EHLO . => 501 "),
    ("5321 §4.5.3.1.2", "a label of the name in EHLO has 63 octets, not 64", FRESH, f"EHLO x{LABEL}.test => 501 ", f"EHLO {LABEL}.test => 250-"),
    ("5321 §4.5.3.1.2", "the name in EHLO has 255 octets at most", FRESH, f"EHLO {'.'.join([LABEL] * 4)}.test => 501 "),
    ("5321 §4.1.3", "an IPv6 literal has its tag", FRESH, "EHLO [2001:db8::1] => 501 ", "EHLO [::1] => 501 "),
    ("5321 §4.1.3", "IPv6 with all groups, with none, with IPv4 at its end", HELLO, *[step for address in ("1:2:3:4:5:6:7:8", "::", "::1", "2001:db8::192.0.2.1", "0:0:0:0:0:ffff:192.0.2.1") for step in (f"MAIL FROM:<a@[IPv6:{address}]> => 250 ", "RSET => 250 ")]),
    ("5321 §4.1.3", "IPv6 with a group too many, two gaps, a group too long", HELLO, "MAIL FROM:<a@[IPv6:1:2:3:4:5:6:7:8:9]> => 501 ", "MAIL FROM:<a@[IPv6:1::2::3]> => 501 ", "MAIL FROM:<a@[IPv6:12345::1]> => 501 ", "MAIL FROM:<a@[IPv6:1:2:3]> => 501 "),
    ("5321 §4.1.3", "the tag in any case of letters", HELLO, "MAIL FROM:<a@[ipv6:2001:db8::1]> => 250 "),
    ("5321 §4.1.3", "IPv4 has four numbers up to 255", HELLO, "MAIL FROM:<a@[1.2.3]> => 501 ", "MAIL FROM:<a@[1.2.3.4.5]> => 501 ", "MAIL FROM:<a@[1.2.3.-4]> => 501 ", "MAIL FROM:<a@[]> => 501 ", "MAIL FROM:<a@[1.2.3.4> => 501 ", "MAIL FROM:<a@1.2.3.4]> => 501 "),
    ("5321 §4.1.2", "a domain of one label", HELLO, "MAIL FROM:<a@localhost> => 250 "),
    ("5321 §4.1.2", "a domain of digits", HELLO, "MAIL FROM:<a@3com.test> => 250 "),
    # ── local parts ─────────────────────────────────────────────────────────────────────────────
    ("5321 §4.1.2", "an empty quoted string", HELLO, 'MAIL FROM:<""@b.test> => 250 '),
    ("5321 §4.1.2", "an @ within quotes", HELLO, 'MAIL FROM:<"a@b"@c.test> => 250 '),
    ("5321 §4.1.2", "brackets within quotes", HELLO, 'MAIL FROM:<"a>b"@c.test> SIZE=10 => 250 '),
    ("5321 §4.1.2", "a quote that a backslash has taken away", HELLO, 'MAIL FROM:<"a\\"@c.test> => 501 '),
    ("5321 §4.1.2", "quotes are all of a local part, or none of it", HELLO, 'MAIL FROM:<a"b"@c.test> => 501 ', 'MAIL FROM:<"a"b@c.test> => 501 ', 'MAIL FROM:<"a"."b"@c.test> => 501 '),
    ("5321 §4.1.2", "quotes hold no control characters", HELLO, 'MAIL FROM:<"a\x01b"@c.test> => 50[01] ', 'MAIL FROM:<"a\x7fb"@c.test> => 50[01] '),
    ("5321 §4.1.2", "two @", HELLO, "MAIL FROM:<a@b@c.test> => 501 "),
    ("5321 §2.3.11", "quotes that are not needed do not change the name", SENDER, 'RCPT TO:<"bob"@ask.com> => 250 ', r'RCPT TO:<"b\ob"@ask.com> => 250 ', "DATA => 354 ", "Subject: once\r\n\r\nx\r\n. => 250 ", "stored => Subject: once"),
    ("5321 §4.5.3.1.1", "64 octets, the quotes among them", HELLO, f'MAIL FROM:<"{"x" * 62}"@b.test> => 250 ', "RSET => 250 ", f'MAIL FROM:<"{"x" * 65}"@b.test> => 5(?:01|53|50) '),
    # ── source routes ───────────────────────────────────────────────────────────────────────────
    ("5321 app. C", "of a recipient, one host and several", SENDER, "RCPT TO:<@a.test:bob@ask.com> => 250 ", "RCPT TO:<@a.test,@[192.0.2.1]:bob@ask.com> => 250 "),
    ("5321 app. C", "that are none", SENDER, "RCPT TO:<@a.test> => 501 ", "RCPT TO:<@a.test:> => 501 ", "RCPT TO:<@a.test,:bob@ask.com> => 501 ", "RCPT TO:<a.test:bob@ask.com> => 501 ", "RCPT TO:<@a.test,b.test:bob@ask.com> => 501 ", "RCPT TO:<@:bob@ask.com> => 501 "),
    # ── white space ─────────────────────────────────────────────────────────────────────────────
    ("5321 §4.1.1", "white space at the end of every verb", READY, "NOOP  => 250 ", "HELP  => 214", "DATA  => 354 ", ". => 250 ", "RSET  => 250 ", "QUIT  => 221 "),
    ("5321 §4.1.1", "and of EHLO, HELO, RCPT, STARTTLS", FRESH, "HELO a.test  => 250 ", "EHLO a.test  => 250-", "MAIL FROM:<> => 250 ", "RCPT TO:<bob@ask.com>  => 250 ", "STARTTLS  => 220 "),
    ("5321 §4.1.2", "none within a path or around its colon", HELLO, "MAIL FROM :<a@b.test> => 501 ", "MAIL FROM:< a@b.test> => 501 ", "MAIL FROM:<a@b.test > => 501 ", "MAIL FROM:<a @b.test> => 501 ", "MAIL FROM:<a@ b.test> => 501 "),
    ("5321 §2.3.8", "CR CR LF ends a line whose last octet is CR, and that is no command", HELLO, "NOOP\r => 500 ", "NOOP => 250 "),
    ("5321 §4.1.1", "NUL before, within and behind a verb", HELLO, "\0NOOP => 500 ", "NO\0OP => 500 ", "NOOP\0 => 500 ", "NOOP => 250 "),
    # ── parameters ──────────────────────────────────────────────────────────────────────────────
    ("5321 §4.1.1.11", "several, in any order and case of letters", HELLO, "MAIL FROM:<a@b.test> smtputf8 RET=HDRS body=8BitMime envid=q Size=10 => 250 "),
    ("5321 §4.1.1.11", "each once", HELLO, "MAIL FROM:<a@b.test> BODY=7BIT BODY=7BIT => 501 ", "MAIL FROM:<a@b.test> ENVID=a envid=a => 501 ", "MAIL FROM:<a@b.test> SMTPUTF8 SMTPUTF8 => 501 "),
    ("5321 §4.1.1.11", "each once, of RCPT as well", SENDER, "RCPT TO:<bob@ask.com> NOTIFY=NEVER NOTIFY=NEVER => 501 ", "RCPT TO:<bob@ask.com> ORCPT=rfc822;a ORCPT=rfc822;a => 501 "),
    ("5321 §4.1.1.11", "a keyword begins with a letter or a digit", HELLO, "MAIL FROM:<a@b.test> -X=1 => 501 ", "MAIL FROM:<a@b.test> X_Y=1 => 501 "),
    ("5321 §4.1.1.11", "a value of control characters is none", HELLO, "MAIL FROM:<a@b.test> SIZE=1\x01 => 50[01] "),
    ("5321 §4.1.1.11", "a refused MAIL has begun nothing", HELLO, "MAIL FROM:<a@b.test> XYZZY => 555 ", "RCPT TO:<bob@ask.com> => 503 ", "MAIL FROM:<a@b.test> => 250 "),
    ("4954 §5", "a MAIL line with all its extensions is longer than 512", HELLO, f"MAIL FROM:<a@b.test> AUTH={XTEXT} ENVID={'y' * 100} RET=HDRS SIZE=10 BODY=8BITMIME => 250 "),
    ("1870 §6.1", "SIZE with leading zeros", HELLO, "MAIL FROM:<a@b.test> SIZE=0000000010 => 250 "),
    # ── the order of things ─────────────────────────────────────────────────────────────────────
    ("5321 §4.5.5", "the null sender may have several recipients", HELLO, "MAIL FROM:<> => 250 ", "RCPT TO:<bob@ask.com> => 250 ", "RCPT TO:<postmaster@ask.com> => 250 ", "DATA => 354 ", "Subject: several\r\n. => 250 ", "stored => Subject: several"),
    ("5321 §4.1.4", "a syntax error in MAIL leaves the letter that is under way", READY, "MAIL FROM:<a@b.test => 50[13] ", "DATA => 354 "),
    ("5321 §4.1.4", "an unknown command leaves it, too", READY, "XYZZY => 500 ", "DATA => 354 "),
    ("5321 §4.1.4", "a DATA that was refused may come again", SENDER, "DATA => 5(?:03|54) ", "RCPT TO:<bob@ask.com> => 250 ", "DATA => 354 "),
    ("5321 §3.3", "a letter refused behind its dot leaves nothing behind", DATA, "Received: by x\r\n" * 101 + "\r\nx\r\n. => 5", "RCPT TO:<bob@ask.com> => 503 ", "MAIL FROM:<> => 250 "),
    ("2920 §3.1", "RSET in the middle of a group", HELLO, "|MAIL FROM:<a@b.test>\r\nRSET\r\nRCPT TO:<bob@ask.com>\r\nMAIL FROM:<>\r\n", "=> 250 2.1.0 ", "=> 250 2.0.0 ", "=> 503 ", "=> 250 2.1.0 "),
    ("2920 §3.1", "all from EHLO to QUIT in one packet", (), "|EHLO a.test\r\nMAIL FROM:<>\r\nRCPT TO:<bob@ask.com>\r\nDATA\r\nSubject: all\r\n.\r\nQUIT\r\n", "=> 220 ", "=> 250-", "=> 250 2.1.0 ", "=> 250 2.1.5 ", "=> 354 ", "=> 250 2.0.0 ", "=> 221 ", "closed", "stored => Subject: all"),
    ("2920 §3.1", "DATA in a group without a good recipient: the text is not obeyed as commands more than it must", HELLO, "|MAIL FROM:<a@b.test>\r\nRCPT TO:<nobody@ask.com>\r\nDATA\r\n", "=> 250 ", "=> 550 ", "=> 5(?:03|54) ", "RSET => 250 "),
    # ── dots ────────────────────────────────────────────────────────────────────────────────────
    ("5321 §4.5.2", "a dot and a blank are text", DATA, "|Subject: d1\r\n\r\n. \r\n.\t\r\n", ". => 250 ", "stored => \r\n\r\n \r\n\t\r\n\\Z"),
    ("5321 §4.5.2", "the first line may be a doubled dot", DATA, "..first\r\n. => 250 ", "stored => \\.first"),
    ("5321 §4.5.2", "a dot in the middle or at the end of a line stays", DATA, "Subject: d3\r\n\r\na.\r\nb.c\r\n. => 250 ", "stored => \r\n\r\na\\.\r\nb\\.c\r\n\\Z"),
    ("5321 §4.5.2", "the end comes octet by octet", DATA, "|Subject: d4\r\n\r\nx", *[f"|{octet}" for octet in "\r\n..y\r\n.\r\n"], "=> 250 ", "stored => \r\n\r\nx\r\n\\.y\r\n\\Z"),
    ("5321 §4.5.2", "CR LF . CR and something else is text", DATA, "|Subject: d5\r\n\r\na\r\n.\rb\r\n", ". => 250 ", "NOOP => 250 "),
    ("5321 §4.1.1.4", "a dot straight after DATA, then the next command", DATA, "|.\r\nNOOP\r\n", "=> 250 2.0.0 OK id=", "=> 250 2.0.0 "),
    # ── BDAT among others ───────────────────────────────────────────────────────────────────────
    ("3030 §2", "a letter by BDAT, then one by DATA", READY, "|BDAT 13 LAST\r\nSubject: b1\r\n", "=> 250 ", "MAIL FROM:<> => 250 ", "RCPT TO:<bob@ask.com> => 250 ", "DATA => 354 ", "Subject: b2\r\n. => 250 ", "stored => Subject: b2"),
    ("3030 §2", "empty chunks before and between", READY, "BDAT 0 => 250 ", "|BDAT 13\r\nSubject: b3\r\n", "=> 250 ", "BDAT 0 => 250 ", "BDAT 0 LAST => 250 ", "stored => Subject: b3"),
    ("3030 §2", "EHLO forgets the chunks", READY, "|BDAT 3\r\nabc", "=> 250 ", "EHLO a.test => 250-", "BDAT 0 LAST => 503 "),
    ("3030 §2", "QUIT among chunks drops them", READY, "|BDAT 13\r\nSubject: b4\r\n", "=> 250 ", "QUIT => 221 ", "closed", "nothing"),
    ("3030 §2", "NOOP and VRFY may come among chunks", READY, "|BDAT 13\r\nSubject: b5\r\n", "=> 250 ", "NOOP => 250 ", "VRFY bob => 252 ", "BDAT 0 LAST => 250 ", "stored => Subject: b5"),
]
PORT_587: list[tuple[str, str, tuple[str, ...], *tuple[str, ...]]] = [
    ("3207 §6", "commands sent ahead in the clear are not obeyed here either", HELLO, "|STARTTLS\r\nAUTH PLAIN {alice}\r\nMAIL FROM:<evil@x.test>\r\n", "=> 220 ", "tls", "EHLO client.test => 250-", "MAIL FROM:<alice@example.com> => 530 "),
    ("4954 §4", "AUTH LOGIN with an empty name", AGAIN, "AUTH LOGIN = => 334 ", "{password} => 535 "),
    ("4954 §4", "an empty answer to a challenge", AGAIN, "AUTH PLAIN => 334 ", " => 5(?:01|35) ", "NOOP => 250 "),
    ("4954 §4", "base64 with a wrong end", AGAIN, "AUTH PLAIN ==== => 501 ", "AUTH PLAIN AGE => 501 ", "AUTH PLAIN AGEA= => 501 "),
    ("4616 §2", "nobody acts for another", AGAIN, f"AUTH PLAIN {plain('alice', 'x').replace('AGFs', 'Ym9iAGFs')} => 5(?:35|01) "),
    ("4954 §4", "a cancelled login may begin anew", AGAIN, "AUTH LOGIN => 334 ", "* => 501 ", "AUTH PLAIN {alice} => 235 "),
    ("4954 §4", "AUTH behind EHLO again is still 503", LOGGED_IN, "EHLO client.test => 250-", "AUTH PLAIN {alice} => 503 "),
    ("4954 §5", "AUTH= once", LOGGED_IN, "MAIL FROM:<alice@example.com> AUTH=<> AUTH=<> => 501 "),
    ("6409 §4.3", "RCPT and DATA without a login", AGAIN, "RCPT TO:<bob@ask.com> => 5(?:03|30) ", "DATA => 5(?:03|30) "),
    ("6409 §4.3", "EHLO, NOOP, RSET, HELP and QUIT need none", HELLO, "NOOP => 250 ", "RSET => 250 ", "HELP => 214", "QUIT => 221 "),
    ("6409 §4.2", "a recipient has a domain", LOGGED_IN, "MAIL FROM:<alice@example.com> => 250 ", "RCPT TO:<bob> => 501 "),
    ("5321 §4.5.5", "the null sender may be submitted", LOGGED_IN, "MAIL FROM:<> => 250 ", "RCPT TO:<bob@ask.com> => 250 "),
    ("2920 §3.1", "a group inside TLS", LOGGED_IN, "|MAIL FROM:<alice@example.com>\r\nRCPT TO:<bob@ask.com>\r\nDATA\r\n", "=> 250 2.1.0 ", "=> 250 2.1.5 ", "=> 354 ", "Subject: group\r\n. => 250 ", "stored => Subject: group"),
]
CHECKS = [
    Check(law, asks, opening, steps, port)  # type: ignore[arg-type]
    for port, rows in ((25, PORT_25), (587, PORT_587))
    for law, asks, opening, *steps in rows
]
