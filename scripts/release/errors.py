"""The one error of a release."""

from __future__ import annotations

from ..errors import CommandError


class ReleaseError(CommandError):
    """The release stops here."""


class UploadError(ReleaseError):
    """An upload failed; other files may have arrived."""
