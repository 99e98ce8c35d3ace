# make lab opens the lab. Every word calls start.py, which works without make too.
#   make lab ARGS="--no-browser --port 8899"      make test ARGS="-k routers"
#   make lab PYTHON=/path/to/python3.11
PYTHON ?= python3
ARGS ?=

WORDS := lab setup demo test test-all check bench notebooks lock clean
.PHONY: help $(WORDS)

help:
	@$(PYTHON) start.py --help

$(WORDS):
	@$(PYTHON) start.py $@ $(ARGS)
