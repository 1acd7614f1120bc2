"""What comes in: documents and configuration files, fetched, parsed and checked."""
