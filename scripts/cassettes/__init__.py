"""Cassettes: what the client asked and was answered, recorded once, replayed in the tests."""
