"""Gatekeeping: which access control list is asked at which moment of a conversation.

Each of these holds an ACL: its name, or the statements themselves. The order below is that in which
a conversation meets them.

Law: Exim specification, §14.11, and chapter 44 (access control lists).
"""

from labmail.exim.options.field import Options, expanded


class Acls(Options):
    acl_smtp_connect = expanded(None, "Asked when a host connects, before the banner.")
    acl_smtp_helo = expanded(None, "Asked at HELO and EHLO.")
    acl_smtp_starttls = expanded(None, "Asked at STARTTLS.")
    acl_smtp_auth = expanded(None, "Asked at AUTH.")
    acl_smtp_mail = expanded(None, "Asked at MAIL FROM.")
    acl_smtp_mailauth = expanded(None, "Asked about AUTH= on MAIL FROM.")
    acl_smtp_rcpt = expanded(None, "Asked at each RCPT TO; without one every recipient is refused.")
    acl_smtp_predata = expanded(None, "Asked at DATA, before the letter comes.")
    acl_smtp_mime = expanded(None, "Asked for each MIME part of a letter.")
    acl_smtp_dkim = expanded(None, "Asked for each domain that signed the letter.")
    acl_smtp_data_prdr = expanded("accept", "Asked for each recipient after the data, with PRDR.")
    acl_smtp_data = expanded(None, "Asked when the letter is there.")
    acl_smtp_quit = expanded(None, "Asked at QUIT.")
    acl_smtp_notquit = expanded(None, "Asked when a conversation ends without QUIT.")
    acl_smtp_etrn = expanded(None, "Asked at ETRN; without one it is refused.")
    acl_smtp_expn = expanded(None, "Asked at EXPN; without one it is refused.")
    acl_smtp_vrfy = expanded(None, "Asked at VRFY.")
    acl_not_smtp_start = expanded(None, "Asked when a program begins to hand in a letter.")
    acl_not_smtp_mime = expanded(None, "Asked for each MIME part of such a letter.")
    acl_not_smtp = expanded(None, "Asked when such a letter is there.")
