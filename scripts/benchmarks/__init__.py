"""Benchmarks: `make bench`. Each figure is a ratio of things measured side by side in one run."""
