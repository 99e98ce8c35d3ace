"""Transports: how a letter leaves. A driver is a file, its options are its fields.

    smtp         to another host
    appendfile   into a mailbox
    pipe         to a program
    lmtp         to a message store on this host
    autoreply    an answer to the sender

Law: Exim specification, chapters 23 to 30.
"""

DRIVERS = {
    "smtp": "Smtp",
    "appendfile": "AppendFile",
    "pipe": "Pipe",
    "lmtp": "Lmtp",
    "autoreply": "AutoReply",
}
"""The class of each driver; its module is named as the driver is, and loaded when first named."""
