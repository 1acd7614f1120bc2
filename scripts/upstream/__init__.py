"""Early warning: what a newer `stripe` package knows of our slice's objects that ours does not.

`scripts/check_upstream.py` runs it. A map, in the order in which to read:

- `wheels`: the releases on the index, read and never run.
- `our_slice` and `stripe_package`: what each of the two knows, as a `surface`, their common form.
- `differences`: which of their differences are new, and which have always been there.
- `report`: what the command prints.
"""
