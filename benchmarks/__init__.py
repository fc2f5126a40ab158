"""What produces every figure in docs/benchmarks.md."""
