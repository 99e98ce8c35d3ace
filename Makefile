# make lab opens the lab. Every word calls start.py, which works without make too.
#   make lab ARGS="--no-browser --port 8899"      make test ARGS="-k routers"
#   make lab PYTHON=/path/to/python3.11         make fuzz-parity N=10000 ARGS="--seed 7"
PYTHON ?= python3
ARGS ?=
N ?=

WORDS := lab setup demo test test-all fuzz-parity check bench notebooks lock clean
.PHONY: help $(WORDS)

help:
	@$(PYTHON) start.py --help

$(WORDS):
	@$(PYTHON) start.py $@ $(strip $(if $(filter fuzz-parity,$@),$(N)) $(ARGS))
