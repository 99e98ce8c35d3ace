"""Reports: letters that the MTA writes itself, since a letter accepted is a promise.

    bounce         it cannot be delivered         statusreport   what the three have in common
    warning        it takes long                  wording        how an address is named, and why
    confirmation   it has arrived                 reportfiles    what an administrator says of them
    reporting      puts them into the spool like any other letter

Law: RFC 3461, RFC 3464, RFC 6522; Exim specification, chapter 50 (customizing messages).
"""
