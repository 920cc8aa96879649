# Each command does all its own set-up; run again, it starts within seconds.
PORT ?= 8000

.PHONY: help setup run test bench screenshots lock

help:
	@echo "make run          serve Gravida at http://127.0.0.1:$(PORT) (PORT=8001 for another port)"
	@echo "make test         every check and test"
	@echo "make setup        prepare .venv with the gravida command, nothing more"
	@echo "make bench        measure speed, memory and search quality"
	@echo "make screenshots  take the pictures of the README anew"
	@echo "make lock         refresh the locked packages after a change of pyproject.toml"

setup:
	@scripts/setup

run:
	@scripts/setup
	@exec .venv/bin/gravida serve --port $(PORT)

test:
	@scripts/setup --test
	@scripts/test

bench:
	@scripts/setup --bench
	@.venv/bin/python -m benchmarks

screenshots:
	@scripts/setup --test
	@.venv/bin/python scripts/screenshots.py

lock:
	@scripts/setup
	@scripts/lock
