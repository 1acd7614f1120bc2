"""Count an export again, in its file and at Stripe, and certify that it is complete.

Nothing is changed. Payments that have changed since the export are differences.
"""

from __future__ import annotations

import argparse
import json

from ..access import open_client
from ..arguments import DOCUMENTS, add_common
from ..exits import Exit, as_usage
from ..output import Output
from ..pages import certificate_page, check_page, write_page
from ..progress import Refusals, add_progress, of_scan, shown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="TARGET", help="what `inpay export` has written")
    parser.add_argument("--html", metavar="PATH", help="also write the certificate as a page")
    add_progress(parser)
    add_common(
        parser,
        formats=DOCUMENTS,
        without={
            "amounts": "the certificate has minor units; its page has major ones: --html PATH",
            "fields": "the certificate is always whole",
            "tz": "the certificate is in UTC",
        },
    )


def run(options: argparse.Namespace) -> int:
    from ...export import verify

    output = Output(options)
    check_page(options.html)
    refusals = Refusals()
    with open_client(options) as client, as_usage():
        reading = client.with_options(on_response=refusals)
        with shown(options.progress, refusals) as show:
            certificate = verify(options.target, reading, progress=of_scan(show))
    if options.html is not None:
        write_page(options.html, certificate_page(certificate))
    output.document(str(certificate), json.loads(certificate.to_json()))
    return Exit.OK if certificate.is_complete else Exit.DIFFERENCES
