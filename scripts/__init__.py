"""The maintainers' tools: nothing here is part of the published package."""
