# Three commands matter: `make course` to learn, `make read` to read or show, `make test` to prove that everything works.
# `make help` lists the rest. What they do stands in `python -m defi_lib.course`, so that Windows has the same commands.
# Every tool runs from .venv; nothing outside this folder is changed.

ARGS ?=
LESSON ?=
FOLDER ?=
FIRST ?=
FROM ?=
LAB ?=
REPOSITORY ?=
READERS ?= 20
WORKERS ?= 2

# The first Python that is new enough; one may be given: make course PYTHON=/path/to/python3.12
NEW_ENOUGH := 'import sys; sys.exit(sys.version_info < (3, 11, 5))'
ifndef PYTHON
PYTHON := $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	$$name -c $(NEW_ENOUGH) 2>/dev/null && echo $$name && break; done)
endif

ifndef CHROMIUM
CHROMIUM := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))) \
	$(wildcard /Applications/Chromium.app/Contents/MacOS/Chromium))
endif
export CHROMIUM

# Some machines forbid bytecode: then each of two hundred kernels and processes would compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE
# What a machine runs is nobody's progress.
check test test-oldest bench notebooks labs: export DEFI_COURSE_PROGRESS := off

BIN := .venv/bin
COURSE := $(BIN)/python -m defi_lib.course
# Without --no-compile pip would also write the bytecode of what nobody uses.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --no-compile

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

course: .venv/course ## install what is missing and open JupyterLab on the first page
	@$(COURSE) open $(LESSON) $(ARGS)

read: .venv/course ## the whole course as pages without code, live: to read, and to show (one: LESSON=course/…)
	@$(COURSE) read $(LESSON) $(ARGS)

audience: .venv/course ## the same for a room: make audience LESSON=course/… READERS=20 [ARGS=--ip=0.0.0.0]
	@$(COURSE) audience $(LESSON) --readers=$(READERS) $(ARGS)

grade: .venv/developer ## grade what students handed in: make grade FROM=<folder or zip> [LAB=1.1]
	@$(BIN)/python -m defi_lib.teaching grade $(if $(FROM),"$(FROM)") $(if $(LAB),--lab $(LAB)) $(ARGS)

class: .venv/course ## what a class predicted and answered, on one page: make class FROM=<folder or zip> [LESSON=3.9]
	@$(BIN)/python -m defi_lib.teaching class $(if $(FROM),"$(FROM)") $(if $(LESSON),--lesson $(LESSON)) $(ARGS)

check: .venv/developer ## the fast part of the tests, about a minute: for the edit cycle
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses $(WORKERS) --doctest-modules $(foreach slow,browser labs notebooks,--ignore tests/$(slow)) $(addprefix --ignore=,$(WAITING)) defi_lib tests

test: NOT := -m "not thorough"
test: tested ## everything that CI runs

test-all: NOT :=
test-all: tested pages ## that, what takes long in a browser, and what is published: before a release

# The same Python packages but for those of requirements-oldest.txt, in an environment of its own.
OLDEST := build/oldest
test-oldest: chromium ## the tests with the oldest numpy, pandas and scipy that pyproject.toml allows, Python 3.11: before a release
	@test -x $(OLDEST)/bin/python || $(PYTHON) -m venv $(OLDEST)
	@$(OLDEST)/bin/python -m pip --disable-pip-version-check install --no-compile -r requirements-dev.txt
	@$(OLDEST)/bin/python -m pip --disable-pip-version-check install --no-compile -r requirements-oldest.txt
	@$(MAKE) --no-print-directory computed BIN=$(OLDEST)/bin NOT='-m "not thorough"'

# Two things at once: every core computes, and what has one thread, or mostly waits for servers and kernels, runs beside
# that. It goes first where both want a core (nice); what it says is shown in one piece, after the rest.
WAITING := tests/browser tests/editions/test_lite.py tests/editions/test_site_in_browser.py tests/notebooks/test_nbgrader_round.py $(wildcard tests/teaching/test_grad*.py)

tested: .venv/developer chromium
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@said=$$(mktemp); $(MAKE) --no-print-directory beside NOT='$(NOT)' > $$said 2>&1 & beside=$$!; \
	$(MAKE) --no-print-directory computed NOT='$(NOT)'; computed=$$?; \
	wait $$beside; beside=$$?; cat $$said; rm $$said; test $$computed -eq 0 && test $$beside -eq 0

computed:
	nice $(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup --durations 10 $(NOT) --doctest-modules $(addprefix --ignore=,$(WAITING)) defi_lib tests
	nice $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --nbval --nbval-sanitize-with tests/notebooks/sanitize.cfg course solutions

beside:
	$(BIN)/mypy
	$(BIN)/python tools/notebooks.py --check
	$(BIN)/python -m repo2docker --no-build --debug . 2>&1 | grep -E 'FROM|environment|requirements|postBuild'  # Binder's plan
	$(BIN)/pytest -p no:cacheprovider --durations 10 $(NOT) $(WAITING)
	$(BIN)/pytest -p no:cacheprovider --nbval-lax labs

bench: .venv/developer chromium ## run every benchmark
	@for benchmark in benchmarks/*.py; do echo "== $$benchmark"; $(BIN)/python $$benchmark || exit 1; done

notebooks: .venv/developer ## execute every notebook again and bring it into normal form
	$(BIN)/python tools/notebooks.py

sheets: .venv/developer ## draw explorers at the ends of their controls: make sheets LESSON=course/…
	$(BIN)/python tools/contact_sheet.py $(LESSON)

old-figures: .venv/developer ## list figures that decide a verdict and are older than twelve months
	$(BIN)/python tools/old_figures.py

architecture: ## make the picture and the table of docs/architecture.md anew
	$(PYTHON) tools/architecture.py

verdicts: .venv/developer ## make the tally of all verdicts, docs/verdicts.md, anew
	$(BIN)/python -m defi_lib.evidence docs/verdicts.md

outline: .venv/developer ## instructors: make the table of all lessons and labs, docs/teaching/outline.md, anew
	$(BIN)/python -m defi_lib.teaching outline docs/teaching/outline.md

misconceptions: .venv/developer ## instructors: make the pages of usual mistakes, docs/teaching/misconceptions/, anew
	$(BIN)/python -m defi_lib.teaching misconceptions

quizbank: .venv/course ## instructors: all quizzes as Moodle XML and QTI 1.2, with the answers, in build/quizbank
	$(BIN)/python -m defi_lib.teaching quizbank

remedies: .venv/developer ## compute the table of remedies of lesson 8.14 anew, some minutes
	$(BIN)/python tools/remedies.py

combinations: .venv/developer ## compute all sets of remedies for its explorer, some minutes
	$(BIN)/python tools/remedies.py --combinations

ranges: .venv/developer ## try its statements at both ends of each range, some twenty minutes
	$(BIN)/python tools/remedies.py --ranges

handout: .venv/course ## instructors: the edition for students, without answers: make handout FOLDER=../course-for-students [ARGS="--place you/course"]
	@$(BIN)/python -m defi_lib.teaching handout $(if $(FOLDER),"$(FOLDER)") $(ARGS)

.PHONY: handout

tournament: .venv/course ## rank designs of lab 8.2: make tournament FOLDER=handed_in FIRST=a number that nobody knows
	@$(BIN)/python -m defi_lib.teaching tournament "$(FOLDER)" --first "$(FIRST)" $(ARGS)

labs: .venv/developer ## generate labs/ from solutions/
	@for folder in solutions/*/; do \
	PATH="$(CURDIR)/$(BIN):$$PATH" nbgrader generate_assignment --create --force $$(basename $$folder) || exit 1; done

wasm: .venv/developer ## run every lesson and lab in WebAssembly (node, Pyodide), compare with CPython: docs/editions.md
	@$(BIN)/python -m tools.editions.wasm $(ARGS)

handouts: .venv/developer chromium ## instructors: print two pages for each lesson into build/handouts (some: ARGS="1.1 2.4")
	$(BIN)/python -m defi_lib.teaching handouts $(ARGS)

lite: .venv/developer ## the edition that runs in the browser, in build/lite and in build/site; python -m tools.editions.lite serve shows it
	@$(BIN)/python -m tools.editions.lite

publish: ## say where the course is published: make publish REPOSITORY=owner/name writes badges, links and addresses
	@$(PYTHON) -m defi_lib.course place "$(REPOSITORY)"

third-party: .venv/developer ## make THIRD_PARTY.md anew: what others made, with version and licence
	@$(BIN)/python -m tools.editions.third_party

site: .venv/developer ## the site to read, in build/site: every lesson and lab, verdicts, figures, the library
	@$(BIN)/python -m tools.editions.site.build

packages: .venv/developer ## bring the compiled packages of Pyodide, once, 40 MB, each checked: docs/editions.md
	@$(BIN)/python -m tools.editions.packages fetch

pages: packages ## what is published: the site with the browser edition and all licences in it, build/site
	@$(MAKE) --no-print-directory site
	@$(MAKE) --no-print-directory lite
	@$(BIN)/python -m tools.editions.publish site

wheel: .venv/developer ## the library as a wheel with all its licences, in build/wheel
	@$(BIN)/python -m tools.editions.publish wheel

voila: read

format: .venv/developer ## let ruff format code and notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

constraints: .venv/developer ## fix the versions that are installed now
	$(BIN)/pip freeze --exclude-editable --all --exclude pip --exclude setuptools > constraints.txt

clean: ## remove what was built, and the environment
	rm -rf .venv .settings build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/pip:
	@test -n "$(PYTHON)" && $(PYTHON) -c $(NEW_ENOUGH) || { \
	echo "This course needs Python 3.11.5 or newer; found: $$($(or $(PYTHON),python3) --version 2>&1)."; \
	echo "Install a newer one (https://www.python.org/downloads, your package manager, or 'uv python install 3.12')"; \
	echo "and, if it is not called python3, say where it is: make $(or $(MAKECMDGOALS),course) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv .venv || { \
	echo "Python's venv module is missing; on Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }

# pip needs a minute the first time and a second when everything is there; the stamps spare even that.
.venv/course: .venv/bin/pip requirements.txt constraints.txt pyproject.toml
	@echo "Installing into .venv what the course needs (about 510 MB). The first time this takes a minute or two."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/developer: .venv/bin/pip requirements.txt requirements-dev.txt constraints.txt pyproject.toml
	@echo "Installing into .venv what contributors need. The first time this takes a minute or two."
	@$(PIP) -r requirements-dev.txt
	@touch $@ .venv/course

chromium:
	@test -x "$(CHROMIUM)" || { \
	echo "The browser tests need Chromium. On Debian and Ubuntu: sudo apt install chromium; on macOS: brew install --cask chromium;"; \
	echo "or say where it is: make $(MAKECMDGOALS) CHROMIUM=/path/to/chrome"; exit 1; }

.PHONY: help course read audience check test test-all tested computed beside architecture verdicts remedies combinations ranges bench notebooks tournament labs voila format constraints clean chromium
.PHONY: class grade outline misconceptions quizbank publish third-party site lite packages pages wheel test-oldest wasm
