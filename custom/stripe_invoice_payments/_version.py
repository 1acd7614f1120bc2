"""The version of this distribution: its one source, also read by the build."""

__version__ = "0.1.0"
