"""The spool: where a letter is kept from the moment this host says 250 until it is delivered.

The truth is the *journal*: files that only grow, where each thing that happened to a letter is a
record, and one sync serves all that is written at the same time. Exim's own files, ``input/ID-H``
and its kin, are made from it for all letters that do not leave at once: for people, for
``exiqgrep``, and so that the journal need not be kept for as long as a letter waits.

What a crash leaves, at each moment, if nothing survives it but what was synced:

    ===========================  ==============================  ===================================
    step                         on disk                         after a crash here
    ===========================  ==============================  ===================================
    append *take*                nothing, or a torn record       never accepted, the client has it
    sync the journal             take                            accepted, whether 250 was heard
    *250*                                                        or not
    write -D, -H (unsynced)      take, perhaps -D -H             the files are written anew
    deliver to one               take                            again: one duplicate at most
    append *done*, sync          take done                       that recipient is done
    append *head*, sync          take done head                  the -H file is as *head* says
    append *gone* (no sync)      take done (gone)                nobody waits: it is forgotten then
    unlink -H -D                 take done gone, perhaps -H -D   it has left; the files go
    ===========================  ==============================  ===================================

A file of the journal that is full is retired, some letters at a time:

    ===========================  ==============================  ===================================
    -D, -H written, synced       the journal                     the journal wins
    folder synced                the journal; -D -H              the same
    unlink the journal's file    -D -H, perhaps the journal      both say the same
    ===========================  ==============================  ===================================

    records    what stands in the journal        lane        many wishes, one sync
    journal    its files                         views       Exim's own files
    spool      the face                          recovery    after a start
    spoolfile  what a -H file says, its spoolrecipients      ids   what a letter is called

Law: Exim specification, chapter 57.
"""

from .recovery import ASIDE, Aside, Loaded, from_the_future
from .spool import Spool
from .views import INPUT, MSGLOG

__all__ = ["ASIDE", "INPUT", "MSGLOG", "Aside", "Loaded", "Spool", "from_the_future"]
