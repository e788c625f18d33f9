# 油惠 Youhui. `make` alone lists what there is.
# ARGS passes options on, for example: make test ARGS="tests/domain -k floor"

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
YOUHUI := $(PY) -m app.cli
PYTEST := $(PY) -m pytest
WORKERS ?= auto
UV ?= uv
N ?= 20000
SEED ?= 1
SEEDS ?= 1000
SECONDS ?= 60
CLIENTS ?= 32
ARGS ?=
ONLY ?= app.domain.promotions.*

# A process that make starts ends with make, even when make is killed.
export YOUHUI_FOLLOW_PARENT := 1
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: bench-refresh attacks bench bench-engine bench-escrow bench-publish bench-rate-limit check check-sydney \
	clean conformance demo fix fuzz-api fuzz-engine graphiql h5 help lock migrate mutants schema seed \
	simulate test test-faults test-mutants test-pg15

help: ## 列出所有命令 list the commands
	@awk 'BEGIN {FS = ":.*## "; print "油惠 Youhui\n"} \
		/^[a-z0-9-]+:.*## / {printf "  \033[36m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- environment: made once, again when the lock file changes -------------------------------
.venv/.run: requirements/run.txt scripts/environment
	@scripts/environment run
	@touch $@

.venv/.dev: requirements/dev.txt scripts/environment
	@scripts/environment dev
	@touch .venv/.run $@

# ---- to use it -------------------------------------------------------------------------------
demo: .venv/.run graphiql h5 ## 启动演示：服务、数据、网页 the whole platform with demo data (YOUHUI_PORT)
	@exec $(YOUHUI) demo $(ARGS)

seed: .venv/.run ## 生成演示数据 demo data into the database
	@$(YOUHUI) migrate && exec $(YOUHUI) seed $(ARGS)

migrate: .venv/.run ## 升级数据库结构 bring the database's structure up to date
	@exec $(YOUHUI) migrate $(ARGS)

h5:
	@scripts/h5

graphiql:
	@scripts/graphiql

# ---- to work on it ---------------------------------------------------------------------------
test: .venv/.dev ## 全部测试（自带数据库） all tests, on servers of their own
	@$(PYTEST) -n $(WORKERS) $(ARGS)

test-pg15: .venv/.dev ## 在 Debian 的 PostgreSQL 15 上测试 the database tests on PostgreSQL 15
	@scripts/test-pg15 $(ARGS)

check: .venv/.dev ## 格式、规范、类型、分层、契约 format, lint, types, layers, schema drift
	@scripts/check

fix: .venv/.dev ## 自动修正格式与规范 format and mend what can be mended
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .

schema: .venv/.dev ## 重新打印 schema.graphql print the SDL
	@$(YOUHUI) schema

fuzz-engine: .venv/.dev ## 引擎对照穷举 the engine against brute force (N, SEED)
	@$(PY) -m bench.fuzz_engine --n $(N) --seed $(SEED) $(ARGS)

test-faults: .venv/.dev ## 故障测试：杀进程、断库、时钟跳变 everything fails, nothing is lost (SECONDS, SEED, CLIENTS)
	@$(PY) -m tests.faults --seconds $(SECONDS) --seed $(SEED) --clients $(CLIENTS) $(ARGS)

test-mutants: .venv/.dev ## 植入缺陷，看核对能否发现 planted defects that the fault test must notice
	@$(PY) -m tests.faults.mutants $(ARGS)

conformance: .venv/.dev ## 规范审计与真实客户端（需要 Node.js） the audits, and real clients (needs Node.js)
	@$(PY) -m tests.conformance

attacks: .venv/.dev ## 攻击集：全部拒绝，代价几何 every attack refused, and what each cost the server
	@$(PY) -m tests.attacks $(ARGS)

fuzz-api: .venv/.dev ## 接口模糊测试：不出内部错误 schemathesis over the schema (N, SEED)
	@$(PY) -m bench.fuzz_api --n $(N) --seed $(SEED) $(ARGS)

simulate: .venv/.dev ## 内存模拟：处处出错，规律不破 the use cases in memory, failing everywhere (SEEDS)
	@$(PY) -m tests.simulation --seeds $(SEEDS) $(ARGS)

mutants: .venv/.dev ## 变异测试引擎 planted faults that no test notices (ONLY, an hour)
	@.venv/bin/mutmut run "$(ONLY)" $(ARGS) && $(PY) -m bench.mutants

check-sydney: .venv/.dev ## 导入真实油站并核对 import real stations and compare (FILE=…)
	@test -n "$(FILE)" || { echo "用法 usage: make check-sydney FILE=….csv" >&2; exit 2; }
	@$(PY) -m bench.check_sydney "$(FILE)" $(ARGS)

bench: bench-engine bench-publish bench-escrow ## 性能数字 figures of speed

bench-engine: .venv/.dev ## 引擎的速度 microseconds of prices and combinations
	@$(PY) -m bench.engine $(ARGS)

bench-publish: .venv/.dev ## 发布活动到各进程的秒数 seconds until a promotion is live everywhere
	@$(PY) -m bench.publish $(ARGS)

bench-refresh: .venv/.dev ## 刷新令牌的竞争：一次一胜 pairs that race for one refresh token
	@$(PY) -m bench.refresh_races $(ARGS)

bench-rate-limit: .venv/.dev ## 多进程限流的准度 what several processes allow together
	@$(PY) -m bench.rate_limit $(ARGS)

bench-escrow: .venv/.dev ## 热门预算每秒下单数 orders a second on one hot budget
	@$(PY) -m bench.escrow $(ARGS)

lock: ## 更新锁文件（需要 uv） write the lock files anew (needs uv)
	@command -v $(UV) >/dev/null || { echo "需要 uv：pip install uv · uv is needed" >&2; exit 1; }
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes -q --no-header \
		-o requirements/run.txt pyproject.toml
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes -q --no-header \
		-o requirements/dev.txt pyproject.toml --group dev

clean: ## 删除演示数据、环境和缓存 remove demo data, environment and caches
	@scripts/clean
