"""The front door: from a fresh clone to an open notebook, with nothing but Python.

These chapters run before anything is installed, so they import the standard library only and know
nothing of the house behind the door. In the order in which a newcomer passes them:

    trouble      an obstacle and its cure, as one value
    checks       is there all that a set-up needs? each answer "no" comes with its cure
    progress     a moving line while something takes long; plain lines where nothing can move
    children     programs that we start: waited for, told to end, never left behind
    installing   one step of a set-up: watched, and explained when it fails
    environment  .venv: what the lock file says, installed once, redone when interrupted
    work         work/: the student's own copy of the notebooks, never overwritten
    isolation    whose settings count: the lab's own, not those of the user's other Jupyter
    browser      is there a browser to open? then hand it the address, once
    jupyter      start JupyterLab, wait until it answers, end it cleanly
    place        where things run: in .venv, or in the caller's own Python
    tasks        the words of the command line, and of the Makefile
"""
