"""What tests and benchmarks need: servers of their own, contexts with migrated tables, a clock."""
