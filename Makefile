# What the README names. `make run` needs git, make and python3 (3.11 or newer), nothing else.
.PHONY: run test lint bench constraints clean

PYTHON ?= python3
VENV := .venv/bin
BASE_STAMP := .venv/.installed-$(shell cat constraints.txt 2>/dev/null | cksum | cut -d' ' -f1)
DEV_STAMP := .venv/.installed-dev-$(shell cat constraints.txt constraints-dev.txt 2>/dev/null | cksum | cut -d' ' -f1)
export PYTHON
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy

run: $(BASE_STAMP)
	@exec $(VENV)/python manage.py demo

test: $(DEV_STAMP)
	@exec $(VENV)/python -m tests.run $(ARGS)

# The variables of a production server, so that `check --deploy` judges what will really run.
PRODUCTION := DEBUG=0 SECRET_KEY=check-only-7d1f0c6e5b2a49380f6e1c5d8b7a2934e0c1f5a6b3d8 \
	PUBLIC_URL=https://suara.example ALLOWED_HOSTS=suara.example VAR_DIR=.cache/lint

lint: $(DEV_STAMP)
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/python -m pytest -q -p no:cacheprovider tests/architecture
	$(VENV)/python manage.py makemigrations --check --dry-run
	@mkdir -p .cache
	$(PRODUCTION) $(VENV)/python -m django check --deploy --fail-level WARNING --settings config.settings

bench: $(DEV_STAMP)
	@set -e; for file in benchmarks/bench_*.py; do \
		echo "== $$file"; $(VENV)/python $$file; done

# Pinned with hashes, without naming where the files come from.
constraints: $(DEV_STAMP)
	$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate -o constraints.txt pyproject.toml
	$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --extra dev \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate -c constraints.txt -o constraints-dev.txt pyproject.toml

clean:
	rm -rf .venv .cache .pytest_cache .ruff_cache

$(BASE_STAMP): constraints.txt
	@sh .ci/install constraints.txt
	@rm -f .venv/.installed-*; touch $@

$(DEV_STAMP): constraints.txt constraints-dev.txt
	@sh .ci/install constraints-dev.txt
	@rm -f .venv/.installed-*; touch $@ $(BASE_STAMP)
