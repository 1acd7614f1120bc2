"""Early warning: what a newer `stripe` package knows of our slice's objects that ours does not."""
