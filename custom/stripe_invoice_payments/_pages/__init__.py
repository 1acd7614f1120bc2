"""Pages of a list: how each finds the next one, and whether it can be trusted."""
