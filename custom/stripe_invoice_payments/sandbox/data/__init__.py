"""What the accounts hold: facts computed from a seed, the changes to them, and their JSON."""
