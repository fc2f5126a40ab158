# Each target does all of its own set-up, on a fresh clone too.
HOST ?= 127.0.0.1
PORT ?= 5005
WORKERS ?= 1
PYTHON310 ?= $(shell command -v python3.10 >/dev/null 2>&1 && python3.10 -c '' >/dev/null 2>&1 && echo python3.10 || ls $${PYENV_ROOT:-$$HOME/.pyenv}/versions/3.10.*/bin/python3.10 2>/dev/null | tail -1)
PY := .venv/bin/python
MODEL := models/signpost.tar.gz
MADE_FROM := config.yml domain.yml data/text_speak.yml data/courtesies.yml $(wildcard data/topics/*.yml data/safety/*.yml data/chat/*.yml data/languages/*.yml signpost/understanding/*.py)

export RASA_TELEMETRY_ENABLED = false
export PYTHONWARNINGS = ignore
export TF_CPP_MIN_LOG_LEVEL = 3

.PHONY: run reload train check test bench review topic twin coverage lock style why bench-speed prove assurance insight audit

run: $(MODEL)
	@$(PY) -m signpost.desk.$(if $(filter 1,$(WORKERS)),run,run_workers --workers $(WORKERS)) --host $(HOST) --port $(PORT)

# Replaces the assistants of make run WORKERS=2 one by one, with the model and the words that lie there now.
reload: $(MODEL)
	@pkill -HUP -f '[s]ignpost.desk.run_workers .*--port $(PORT)( |$$)' || { echo "Nothing runs on port $(PORT) with WORKERS=2 or more." >&2; exit 1; }

train: .venv/ready
	@$(PY) -m signpost.desk.train

check: .venv/ready style
	@$(PY) -m signpost.desk.check

style: .venv/ready
	@.venv/bin/ruff check -q . && .venv/bin/ruff format -q --check . && .venv/bin/mypy

# On two cores; each runs whole files, with an assistant of its own, in the order of the names: the longest come first. What watches for stalls
# runs alone afterwards: work beside it would be counted as ours.
test: check $(MODEL)
	@.venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not alone" --junitxml=results/junit.xml
	@.venv/bin/pytest -m alone --junitxml=results/junit-alone.xml

# CLINC=path-or-address of CLINC150's data_full.json adds that part; RASA=1 trains Rasa's default pipeline on it too (an hour or more).
bench: $(MODEL)
	@$(PY) -W ignore -m benchmarks $(if $(CLINC),--clinc150 $(CLINC)) $(if $(RASA),--rasa)

# QUICK=1 for a short run. Everything that it finds stands in docs/benchmarks-speed.md.
bench-speed: $(MODEL)
	@$(PY) -m benchmarks.speed $(if $(QUICK),--quick)

review: .venv/ready
	@$(PY) -m signpost.desk.review

topic: .venv/ready
	@$(PY) -m signpost.desk.new_topic "$(name)"

twin: .venv/ready
	@$(PY) -m signpost.desk.twin

why: $(MODEL)
	@$(PY) -m signpost.desk.why

coverage: .venv/ready
	@$(PY) -m signpost.desk.coverage

prove: $(MODEL)
	@$(PY) -m signpost.desk.prove --minutes $(or $(minutes),30)

assurance: $(MODEL)
	@$(PY) -m signpost.desk.assurance

insight: .venv/ready
	@$(PY) -m signpost.desk.insight

# pip-audit has packages of its own, some newer than Rasa bears: it lives in a venv of its own.
audit: .venv/ready
	@[ -x .venv-audit/bin/pip-audit ] || { .venv/bin/python -m venv .venv-audit && .venv-audit/bin/pip install -q --disable-pip-version-check pip-audit==2.9.0; }
	@$(PY) -m signpost.desk.audit

lock:
	uv pip compile pyproject.toml --extra dev --generate-hashes --python-version 3.10 --no-annotate --no-header -o requirements.lock

$(MODEL): $(MADE_FROM) | .venv/ready
	@$(PY) -m signpost.desk.train && touch $(MODEL)

.venv/ready: requirements.lock
	@if [ -z "$(PYTHON310)" ]; then echo "Python 3.10 is missing: install it (for example 'pyenv install 3.10') or name it with make PYTHON310=/path/to/python3.10" >&2; exit 1; fi
	@if [ -L .venv ]; then echo ".venv is a link, and installing would empty what it points to: remove the link and run make again." >&2; exit 1; fi
	@echo "Installing into .venv (two to three minutes, once) ..."
	@$(PYTHON310) -m venv --clear .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock 2>.venv/install.log || { tail -5 .venv/install.log >&2; echo "The packages could not be installed; .venv/install.log says why." >&2; exit 1; }
	@touch .venv/ready
