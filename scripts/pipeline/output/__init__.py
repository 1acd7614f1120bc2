"""The package: rendered, formatted and tried."""
