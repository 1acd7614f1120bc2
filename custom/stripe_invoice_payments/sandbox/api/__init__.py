"""The API of Stripe on this data: keys, parameters, lists, expansion, errors, limits."""
