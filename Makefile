.PHONY: test

test: ## everything that can be checked
	cargo test --workspace --no-fail-fast
