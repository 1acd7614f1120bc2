"""The document: cut to our slice, in one spelling, with our overlay on it, and judged."""
