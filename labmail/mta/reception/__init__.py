"""Reception: where letters come in, and the moment when this host becomes responsible for them.

    reception    the doors, and what they are told         received     the Received field
    gatekeeper   asks the ACL, and says so                 stamping     … as the administrator wants
    localacl     … for programs of this host               submission   what the first host may mend
    clientname   who calls                                 rewriting    what is made of addresses
    intake       from the wire to the spool                expanding    EXPN

Law: RFC 5321 §4; Exim specification, chapters 44 (ACLs) and 48 (processing).
"""
