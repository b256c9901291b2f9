# Everything that is done with this repository is a target here; CI runs the same ones, nothing else.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Node 24 comes from node_modules, whatever the machine has.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

# Another Kubernetes release than the one that test/control-plane/go.mod pins, as VERSION=1.36.3.
VERSION ?=
export CONTROL_PLANE_VERSION := $(VERSION)
# A minor that the API server emulates, as EMULATE=1.34.
EMULATE ?=
export CONTROL_PLANE_EMULATED_VERSION := $(EMULATE)
# How many generated pods are compared, how many of them on real API servers, and the seed of a run to repeat.
PODS ?= 200000
SERVER_PODS ?= 200000
SEED ?=
# How many generated requests are put to the API server's RBAC authorizer.
REQUESTS ?= 200000
# How many namespaces are switched to apply at once.
NAMESPACES ?= 500
EXEMPTIONS ?= 10000
CAMPAIGN_VERSIONS ?= 1.37.2 1.36.3 1.35.4 1.34.4

RUN_SUITES := node test/support/run-suites.ts

.PHONY: help
help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  %-21s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what the project needs (instant when nothing changed)
	@test/support/setup.sh $(filter setup,$(MAKECMDGOALS))

.PHONY: build
build: typecheck bundle ## Check types, then bundle

.PHONY: bundle
bundle: setup ## Bundle the operator and the CLI into dist/
	@node src/generate/bundle.ts

.PHONY: generate
generate: setup ## Write the files that follow from others: rule index and pages, CRDs, RBAC, baselines
	@node src/generate/main.ts

.PHONY: generate-check
generate-check: setup ## Fail when a generated file is stale
	@node src/generate/main.ts --check

.PHONY: lint
lint: setup ## Check style: eslint and prettier
	@prettier --check --cache --log-level warn '**/*.{ts,mjs,json}' & prettier=$$!; \
	status=0; eslint src test || status=1; wait $$prettier || status=1; exit $$status

.PHONY: typecheck
typecheck: setup ## Check types
	@tsc -p .

.PHONY: test
test: setup ## Run everything: generated files, lint, types, unit and integration tests
	@$(RUN_SUITES)

.PHONY: test-unit
test-unit: setup ## Run the tests that need no control plane
	@$(RUN_SUITES) unit

.PHONY: test-integration
test-integration: setup ## Run the tests on a real control plane (VERSION=1.36.3, EMULATE=1.34)
	@$(RUN_SUITES) control-plane integration enforcement recovery operator

.PHONY: coverage
coverage: setup ## Lines of src that the unit tests reach, as a table and in coverage/
	@c8 --src src --include 'src/**' --reporter text --reporter html mocha $$(find test -name '*.test.ts' ! -name '*.integration.test.ts')

.PHONY: demo
demo: setup ## See it work: a control plane, the operator and a few careless workloads
	@node test/e2e/demo.ts

.PHONY: bench
bench: setup ## Measure speed and memory beside client-go (ARGS="--pods 2000")
	@node test/bench/main.ts $(ARGS)

.PHONY: control-plane
control-plane: setup ## Build the control plane for tests and print its path (VERSION=1.36.3)
	@node test/control-plane/main.ts

.PHONY: campaign-versions
campaign-versions: setup ## Run the integration tests on several Kubernetes releases (CAMPAIGN_VERSIONS="1.37.2 1.36.3")
	@node test/support/campaign-versions.ts $(CAMPAIGN_VERSIONS)

.PHONY: campaign-pod-security
campaign-pod-security: setup ## Compare Pod Security with the API server's (PODS=1000000 SERVER_PODS=200000 SEED=1)
	@node test/pod-security/campaign.ts --pods $(PODS) --server-pods $(SERVER_PODS) --seed "$(SEED)"

.PHONY: campaign-enforcement
campaign-enforcement: OBJECTS = 20000
campaign-enforcement: setup ## Compare what every policy sets and refuses with what rules report (OBJECTS=20000 SEED=1 EMULATE=1.35)
	@node test/enforcement/differential/campaign.ts --objects $(OBJECTS) --seed "$(SEED)"

.PHONY: campaign-rbac
campaign-rbac: setup ## Compare RBAC with the API server's authorizer (REQUESTS=1000000 SEED=1)
	@node test/rbac/campaign.ts --requests $(REQUESTS) --seed "$(SEED)"

.PHONY: campaign-remediation
campaign-remediation: setup ## Repair many namespaces at once within the budget (NAMESPACES=500 SEED=1)
	@node test/e2e/campaign-remediation.ts --namespaces $(NAMESPACES) --seed "$(SEED)"

.PHONY: campaign-exemptions
campaign-exemptions: setup ## Ten thousand exemptions at once, and postures that keep coming (EXEMPTIONS=10000)
	@node test/e2e/campaign-exemptions.ts --exemptions $(EXEMPTIONS)

.PHONY: baselines
baselines: setup ## Record what a fresh Kubernetes has of RBAC into src/rbac/predefined (VERSION=1.36.3)
	@node test/rbac/predefined/main.ts
	@node src/generate/main.ts

.PHONY: rule
rule: setup ## Start a new rule: make rule ID=pod-host-users
	@test -n "$(ID)" || { echo 'say which: make rule ID=pod-host-users' >&2; exit 2; }
	@node src/generate/scaffold-rule.ts $(ID)

.PHONY: install-manifests
install-manifests: setup ## Print all manifests that install Merlon, as one YAML stream
	@node src/generate/install-manifests.ts

.PHONY: clean
clean: ## Remove what was built here; the control plane's cache stays
	rm -rf dist coverage .bench node_modules/.cache
