"""How the results of long commands are written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .output import Output

if TYPE_CHECKING:
    from ..export import Certificate


def write_certificate(output: Output, certificate: Certificate) -> None:
    """Write a certificate: its page on a terminal, otherwise its JSON."""
    output.document(str(certificate), json.loads(certificate.to_json()))
