"""The control channel: a second terminal speaks to the lab that runs in another process.

One process owns a lab (its clock, its network, its queues), so a command like ``exim -q`` must be
carried to it, and what it says carried back::

    terminal                                    the lab's process
    labmail at mail.ask.com exim -bp  ──TCP──▶  Channel ─▶ Session ─▶ answering ─▶ host
               ◀── stdout, stderr, exit code ──

In the order in which to read them:

    frames      the language: what crosses, and how much of it
    cookie      the file under the lab's root by which whoever may read it proves that she may ask
    finding     which labs run, and which one is meant
    asking      the side of the terminal
    channel     the side of the lab: who is let in
    session     one visitor: her question, her streams
    call        a command being run
    answering   the commands that there are: Exim's own,
    daemon      … those that tell the daemon what to do,
    tools       … those that ask; realexim: the real program, where it does the mail

The first four load nothing of the lab, so that ``labmail at`` answers at once.
"""
