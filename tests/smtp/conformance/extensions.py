"""What the extensions ask of a server on port 25, row by row."""
# A row is a line, however long.
# ruff: noqa: E501

from .play import AGAIN, FRESH, HELLO, READY, SECRET, SENDER, Check

# fmt: off
LIMIT = 52428800
U = "MAIL FROM:<j\xc3\xbcrgen@example.net> SMTPUTF8"

ROWS: list[tuple[str, str, tuple[str, ...], *tuple[str, ...]]] = [
    # ── SIZE ────────────────────────────────────────────────────────────────────────────────────
    ("1870 §3", "SIZE is offered, with the limit", FRESH, rf"EHLO client.test => (?s:.*)250[- ]SIZE {LIMIT}\r\n"),
    ("1870 §6.1", "a size that fits", HELLO, "MAIL FROM:<me@client.test> SIZE=1000 => 250 "),
    ("1870 §6.1", "a size at the limit", HELLO, f"MAIL FROM:<me@client.test> SIZE={LIMIT} => 250 "),
    ("1870 §6.1", "a size over the limit is 552", HELLO, f"MAIL FROM:<me@client.test> SIZE={LIMIT + 1} => 552 5.3.4 ", "RCPT TO:<bob@ask.com> => 503 "),
    ("1870 §5", "size 0 means nothing is known", HELLO, "MAIL FROM:<me@client.test> SIZE=0 => 250 "),
    ("1870 §3", "twenty digits are a size, twenty-one none", HELLO, "MAIL FROM:<a@b.test> SIZE=99999999999999999999 => 552 ", "MAIL FROM:<a@b.test> SIZE=999999999999999999999 => 501 "),
    ("1870 §3", "what is no size", HELLO, "MAIL FROM:<a@b.test> SIZE => 501 ", "MAIL FROM:<a@b.test> SIZE= => 501 ", "MAIL FROM:<a@b.test> SIZE=x => 501 ", "MAIL FROM:<a@b.test> SIZE=-1 => 501 "),
    ("5321 §4.1.1.11", "a parameter is given once", HELLO, "MAIL FROM:<a@b.test> SIZE=1 SIZE=1 => 501 "),
    ("1870 §6.3", "a declared size that is not kept is forgiven", HELLO, "MAIL FROM:<me@client.test> SIZE=1 => 250 ", "RCPT TO:<bob@ask.com> => 250 ", "DATA => 354 ", "Subject: more than one octet\r\n. => 250 "),
    ("1870 §3", "SIZE is no parameter of RCPT", SENDER, "RCPT TO:<bob@ask.com> SIZE=1 => 555 "),
    # ── 8BITMIME ────────────────────────────────────────────────────────────────────────────────
    ("6152 §2", "8BITMIME is offered", FRESH, r"EHLO client.test => (?s:.*)250[- ]8BITMIME\r\n"),
    ("6152 §2", "BODY=8BITMIME and BODY=7BIT", HELLO, "MAIL FROM:<a@b.test> BODY=8BITMIME => 250 ", "RSET => 250 ", "MAIL FROM:<a@b.test> body=7bit => 250 "),
    ("6152 §2", "no other body", HELLO, "MAIL FROM:<a@b.test> BODY => 501 ", "MAIL FROM:<a@b.test> BODY=8BIT => 501 "),
    ("3030 §3", "BINARYMIME is not offered", HELLO, "MAIL FROM:<a@b.test> BODY=BINARYMIME => 50[14] "),
    ("6152 §2", "octets above 127 arrive as they were sent", HELLO, "MAIL FROM:<me@client.test> BODY=8BITMIME => 250 ", "RCPT TO:<bob@ask.com> => 250 ", "DATA => 354 ", "Subject: 8\r\n\r\n\xc3\xa4\xff\x80\r\n. => 250 ", "stored => \r\n\r\n\xc3\xa4\xff\x80\r\n\\Z"),
    # ── PIPELINING ──────────────────────────────────────────────────────────────────────────────
    ("2920 §3.1", "PIPELINING is offered", FRESH, r"EHLO client.test => (?s:.*)250[- ]PIPELINING\r\n"),
    ("2920 §3.1", "a group in one packet, answered in order", HELLO, "|MAIL FROM:<a@b.test>\r\nRCPT TO:<bob@ask.com>\r\nRCPT TO:<nobody@ask.com>\r\nDATA\r\n", "=> 250 2.1.0 ", "=> 250 2.1.5 ", "=> 550 ", "=> 354 ", ". => 250 "),
    ("2920 §3.1", "a letter, its dot and the next group in one packet", READY, "DATA => 354 ", "|Subject: one\r\n\r\nx\r\n.\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<bob@ask.com>\r\nQUIT\r\n", "=> 250 2.0.0 ", "=> 250 2.1.0 ", "=> 250 2.1.5 ", "=> 221 ", "closed"),
    ("2920 §3.1", "DATA in a group whose recipients were refused", HELLO, "|MAIL FROM:<a@b.test>\r\nRCPT TO:<nobody@ask.com>\r\nDATA\r\nRSET\r\n", "=> 250 ", "=> 550 ", "=> 5(?:03|54) ", "=> 250 "),
    ("2920 §3.2", "an error in a group loses no reply", HELLO, "|XYZZY\r\nNOOP\r\nMAIL\r\nRSET\r\n", "=> 500 ", "=> 250 ", "=> 501 ", "=> 250 "),
    ("2920 §3.2", "octet by octet is the same", HELLO, *[f"|{letter}" for letter in "NOOP\r\n"], "=> 250 "),
    ("2920 §3.1", "a hundred commands in one packet", HELLO, "|" + "NOOP\r\n" * 100, *["=> 250 "] * 100),
    # ── STARTTLS on port 25 ─────────────────────────────────────────────────────────────────────
    ("3207 §4", "STARTTLS is offered", FRESH, r"EHLO client.test => (?s:.*)250[- ]STARTTLS\r\n"),
    ("3207 §4", "STARTTLS takes no argument", HELLO, "STARTTLS now => 501 "),
    ("3207 §4", "STARTTLS needs EHLO", FRESH, "STARTTLS => 503 "),
    ("3207 §4", "the handshake, and EHLO again", SECRET, "EHLO client.test => 250-"),
    ("3207 §4.2", "inside TLS it is not offered again", SECRET, r"EHLO client.test => (?!(?s:.*)STARTTLS)250-"),
    ("3207 §4.2", "inside TLS it is refused", AGAIN, "STARTTLS => 5(?:03|54|02) "),
    ("3207 §4.2", "all that was said before is forgotten", SECRET, "MAIL FROM:<me@client.test> => 503 "),
    ("3207 §4.2", "a letter half handed over is forgotten", READY, "STARTTLS => 220 ", "tls", "EHLO client.test => 250-", "DATA => 503 "),
    ("3207 §6", "commands sent ahead in the clear are not obeyed", HELLO, "|STARTTLS\r\nMAIL FROM:<evil@x.test>\r\n", "=> 220 ", "tls", "EHLO client.test => 250-", "RCPT TO:<bob@ask.com> => 503 "),
    ("3848", "the letter's Received says esmtps", AGAIN, "MAIL FROM:<me@client.test> => 250 ", "RCPT TO:<bob@ask.com> => 250 ", "DATA => 354 ", "Subject: s\r\n. => 250 ", "stored => with esmtps "),
    ("4954 §4", "AUTH is not offered on port 25, so it is 502 or 503", HELLO, "AUTH PLAIN {alice} => 50[0234] "),
    # ── CHUNKING ────────────────────────────────────────────────────────────────────────────────
    ("3030 §2", "CHUNKING is offered, BINARYMIME not", FRESH, r"EHLO client.test => (?!(?s:.*)BINARYMIME)(?s:.*)250[- ]CHUNKING\r\n"),
    ("3030 §2", "one chunk, the last", READY, "|BDAT 19 LAST\r\nSubject: c1\r\n\r\nhi\r\n", "=> 250 2.0.0 OK id=", "stored => Subject: c1.*\r\n\r\nhi\r\n\\Z"),
    ("3030 §2", "two chunks, cut anywhere", READY, "|BDAT 10\r\nSubject: c", "=> 250 ", "|BDAT 9 LAST\r\n2\r\n\r\nhi\r\n", "=> 250 ", "stored => Subject: c2.*hi\r\n\\Z"),
    ("3030 §2", "a last chunk of nothing", READY, "|BDAT 19\r\nSubject: c3\r\n\r\nhi\r\n", "=> 250 ", "BDAT 0 LAST => 250 ", "stored => Subject: c3"),
    ("3030 §2", "chunks in one packet with their envelope", HELLO, "|MAIL FROM:<a@b.test>\r\nRCPT TO:<bob@ask.com>\r\nBDAT 15\r\nSubject: c4\r\n\r\nBDAT 4 LAST\r\nhi\r\nNOOP\r\n", "=> 250 2.1.0 ", "=> 250 2.1.5 ", "=> 250 ", "=> 250 2.0.0 OK id=", "=> 250 ", "stored => Subject: c4"),
    ("3030 §2", "a dot on a line of its own is text", READY, "|BDAT 24 LAST\r\nSubject: c5\r\n\r\n.\r\nQUIT\r\n", "=> 250 ", "stored => \r\n\r\n\\.\r\nQUIT\r\n\\Z"),
    ("3030 §2", "dots are not taken away", READY, "|BDAT 22 LAST\r\nSubject: c6\r\n\r\n..x\r\n\r\n", "=> 250 ", "stored => \r\n\r\n\\.\\.x\r\n"),
    ("3030 §2", "DATA and BDAT do not mix", READY, "|BDAT 3\r\nabc", "=> 250 ", "DATA => 503 "),
    ("3030 §2", "no RCPT and no MAIL between chunks", READY, "|BDAT 3\r\nabc", "=> 250 ", "RCPT TO:<bob@ask.com> => 503 ", "MAIL FROM:<> => 503 "),
    ("3030 §2", "RSET forgets the chunks", READY, "|BDAT 3\r\nabc", "=> 250 ", "RSET => 250 ", "MAIL FROM:<> => 250 "),
    ("3030 §2", "BDAT behind the last is 503, and its octets are no commands", READY, "|BDAT 3 LAST\r\nabc", "=> 250 ", "|BDAT 6\r\nQUIT\r\n", "=> 503 ", "NOOP => 250 "),
    ("3030 §2", "BDAT needs a recipient, and its octets are no commands", SENDER, "|BDAT 6 LAST\r\nQUIT\r\n", "=> 503 ", "NOOP => 250 "),
    ("3030 §2", "BDAT needs MAIL, and its octets are no commands", HELLO, "|BDAT 6 LAST\r\nQUIT\r\n", "=> 503 ", "NOOP => 250 "),
    ("3030 §2", "BDAT needs EHLO", FRESH, "|BDAT 6 LAST\r\nQUIT\r\n", "=> 503 ", "NOOP => 250 "),
    ("3030 §2", "the size is a number, and what follows it is LAST", READY, "BDAT => 501 ", "BDAT x => 501 ", "BDAT -1 => 501 ", "BDAT 1 FIRST => 501 ", "BDAT LAST => 501 ", "DATA => 354 "),
    ("3030 §2", "in any case of letters", READY, "|bdat 3 last\r\nabc", "=> 250 "),
    ("3030 §2", "octets above 127", HELLO, "MAIL FROM:<me@client.test> BODY=8BITMIME => 250 ", "RCPT TO:<bob@ask.com> => 250 ", "|BDAT 20 LAST\r\nSubject: c7\r\n\r\n\xc3\xa4\xff\r\n", "=> 250 ", "stored => \r\n\r\n\xc3\xa4\xff\r\n\\Z"),
    ("3030 §2", "a letter that loops is refused, and the conversation goes on", READY, "|BDAT 1600 LAST\r\n" + "Received: by x\r\n" * 100, "=> 554 5.4.6 ", "MAIL FROM:<> => 250 "),
    # ── DSN ─────────────────────────────────────────────────────────────────────────────────────
    ("3461 §3", "DSN is offered", FRESH, r"EHLO client.test => (?s:.*)250[- ]DSN\r\n"),
    ("3461 §4.3", "RET=FULL and RET=HDRS", HELLO, "MAIL FROM:<a@b.test> RET=FULL => 250 ", "RSET => 250 ", "MAIL FROM:<a@b.test> ret=hdrs => 250 "),
    ("3461 §4.3", "no other RET", HELLO, "MAIL FROM:<a@b.test> RET => 501 ", "MAIL FROM:<a@b.test> RET=BODY => 501 ", "MAIL FROM:<a@b.test> RET=FULL RET=FULL => 501 "),
    ("3461 §4.4", "ENVID in xtext", HELLO, "MAIL FROM:<a@b.test> ENVID=QQ+2B314159 => 250 "),
    ("3461 §4.4", "no ENVID that is not xtext", HELLO, "MAIL FROM:<a@b.test> ENVID= => 501 ", "MAIL FROM:<a@b.test> ENVID=a+b => 501 ", "MAIL FROM:<a@b.test> ENVID=a+2b => 501 ", "MAIL FROM:<a@b.test> ENVID=+0D+0A => 501 "),
    ("3461 §4.4", "an ENVID of 100 octets, not of 101", HELLO, f"MAIL FROM:<a@b.test> ENVID={'x' * 101} => 501 ", f"MAIL FROM:<a@b.test> ENVID={'x' * 100} => 250 "),
    ("3461 §4.1", "NOTIFY=NEVER", SENDER, "RCPT TO:<bob@ask.com> NOTIFY=NEVER => 250 "),
    ("3461 §4.1", "NOTIFY with a list, in any order and case", SENDER, "RCPT TO:<bob@ask.com> notify=delay,Success,FAILURE => 250 "),
    ("3461 §4.1", "NEVER stands alone", SENDER, "RCPT TO:<bob@ask.com> NOTIFY=NEVER,SUCCESS => 501 "),
    ("3461 §4.1", "no other NOTIFY", SENDER, "RCPT TO:<bob@ask.com> NOTIFY => 501 ", "RCPT TO:<bob@ask.com> NOTIFY= => 501 ", "RCPT TO:<bob@ask.com> NOTIFY=ALWAYS => 501 ", "RCPT TO:<bob@ask.com> NOTIFY=SUCCESS, => 501 "),
    ("3461 §4.2", "ORCPT with a type and xtext", SENDER, "RCPT TO:<bob@ask.com> ORCPT=rfc822;Bob+2BX@ask.com => 250 "),
    ("3461 §4.2", "no ORCPT without type, address or xtext", SENDER, "RCPT TO:<bob@ask.com> ORCPT=bob@ask.com => 501 ", "RCPT TO:<bob@ask.com> ORCPT=;bob@ask.com => 501 ", "RCPT TO:<bob@ask.com> ORCPT=rfc822;a+zz => 501 ", "RCPT TO:<bob@ask.com> ORCPT=rfc822; => 501 "),
    ("3461 §4", "each parameter has its command", SENDER, "RCPT TO:<bob@ask.com> RET=FULL => 555 ", "RCPT TO:<bob@ask.com> ENVID=x => 555 ", "RSET => 250 ", "MAIL FROM:<> NOTIFY=NEVER => 555 ", "MAIL FROM:<> ORCPT=rfc822;a@b.c => 555 "),
    ("3461 §4", "not after HELO", FRESH, "HELO client.test => 250 ", "MAIL FROM:<a@b.test> RET=FULL => 5(?:55|01) ", "MAIL FROM:<a@b.test> => 250 ", "RCPT TO:<bob@ask.com> NOTIFY=NEVER => 5(?:55|01) "),
    ("3461 §4.2", "a recipient line with 500 octets of ORCPT", SENDER, f"RCPT TO:<bob@ask.com> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;{'x' * 485}@c.test => 250 "),
    # ── SMTPUTF8 ────────────────────────────────────────────────────────────────────────────────
    ("6531 §3.1", "SMTPUTF8 is offered, and 8BITMIME with it", FRESH, r"EHLO client.test => (?s:.*)8BITMIME\r\n(?s:.*)250[- ]SMTPUTF8\r\n"),
    ("6531 §3.4", "a sender beyond ASCII with the parameter", HELLO, f"{U} => 250 "),
    ("6531 §3.5", "a sender beyond ASCII without it is 553 or 550", HELLO, "MAIL FROM:<j\xc3\xbcrgen@example.net> => 55[03] 5.6.7 "),
    ("6531 §3.4", "the parameter has no value", HELLO, "MAIL FROM:<a@b.test> SMTPUTF8=1 => 501 "),
    ("6531 §3.4", "the parameter for a letter of ASCII", HELLO, "MAIL FROM:<a@b.test> smtputf8 => 250 ", "RCPT TO:<bob@ask.com> => 250 "),
    ("6531 §3.5", "a recipient beyond ASCII without it is 553 or 550", SENDER, "RCPT TO:<j\xc3\xbcrgen@ask.com> => 55[03] 5.6.7 "),
    ("6531 §3.3", "a recipient beyond ASCII who does not exist", HELLO, f"{U} => 250 ", "RCPT TO:<j\xc3\xbcrgen@ask.com> => 550 5.1.1 ", "RCPT TO:<bob@ask.com> => 250 "),
    ("6531 §3.3", "a domain beyond ASCII", HELLO, "MAIL FROM:<a@b\xc3\xbccher.example> SMTPUTF8 => 250 "),
    ("6531 §3.3", "UTF-8 within quotes", HELLO, 'MAIL FROM:<"j \xc3\xbc"@b.test> SMTPUTF8 => 250 '),
    ("6531 §3.1", "what is not UTF-8 is refused with the parameter, too", HELLO, "MAIL FROM:<j\xfcrgen@b.test> SMTPUTF8 => 5", "MAIL FROM:<j\xc0\xafx@b.test> SMTPUTF8 => 5", "MAIL FROM:<j\xed\xa0\x80x@b.test> SMTPUTF8 => 5"),
    ("6531 §3.4", "RCPT has no such parameter", HELLO, f"{U} => 250 ", "RCPT TO:<bob@ask.com> SMTPUTF8 => 555 "),
    ("6531 §3.7.1", "the name of EHLO is ASCII", FRESH, "EHLO m\xc3\xa4il.test => 501 "),
    ("6531 §3.7.4.2", "VRFY with and without it", HELLO, "VRFY j\xc3\xbcrgen => 55[03] ", "VRFY j\xc3\xbcrgen SMTPUTF8 => 252 "),
    ("6531 §3.1", "the local part is 64 octets at most, not 64 letters", HELLO, "MAIL FROM:<" + "\xc3\xbc" * 32 + "@b.test> SMTPUTF8 => 250 ", "RSET => 250 ", "MAIL FROM:<" + "\xc3\xbc" * 33 + "@b.test> SMTPUTF8 => 501 "),
    ("6531 §4.3", "Received says UTF8SMTP", HELLO, f"{U} => 250 ", "RCPT TO:<bob@ask.com> => 250 ", "DATA => 354 ", "Subject: gr\xc3\xbc\xc3\x9fe\r\n. => 250 ", "stored => (?i)with UTF8SMTP .*envelope-from <j\xc3\xbcrgen@example.net>.*Subject: gr\xc3\xbc\xc3\x9fe"),
    ("6531 §3.4", "RSET forgets it", HELLO, f"{U} => 250 ", "RSET => 250 ", "MAIL FROM:<a@b.test> => 250 ", "RCPT TO:<j\xc3\xbcrgen@ask.com> => 55[03] 5.6.7 "),
    ("8689 §2", "REQUIRETLS is not offered, so it is 555", HELLO, "MAIL FROM:<a@b.test> REQUIRETLS => 555 "),
]
CHECKS = [Check(law, asks, opening, steps) for law, asks, opening, *steps in ROWS]  # type: ignore[arg-type]
