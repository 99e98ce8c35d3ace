"""Delivery: one attempt to serve everybody whom a letter still waits for.

    delivery       the attempt                        settling     what an outcome means
    systemfilter   what is asked of every letter      announcing   … in the log and the trace
    hands          what transports may do             result       what it all comes to
    lines          connections that letters share     closing      what becomes of the letter
    onetime        lists that are read once           manner       who asks for it, and how much
    holding        what is not tried on purpose       decided      what needs no transport
    turns          in which order                     wishes       what others are to report
    words          … of the trace

Law: RFC 5321 §4.5.4; Exim specification, §3.11 to §3.14 (delivery in detail).
"""
