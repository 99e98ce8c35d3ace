"""Routing: for each recipient of a letter, who gets it and how. Nothing is delivered here.

    routing    the routers are asked in turn, until one takes the address
    planning   all that a recipient turns into, and who shares an end
    phrases    what a router was asked, and what came of it, in half a sentence

The routers themselves are `labmail.exim.routing`; these are the MTA's questions to them.

Law: Exim specification, chapter 15 (generic options for routers) and §3.10.
"""
