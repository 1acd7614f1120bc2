"""Which accounts there are, and how many payments they have if a file says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from .._client import Client
from .._scan.query import PAGE_SIZE
from ..accounts.ids import account_ids, checked_sizes


def accounts_of(client: Client, text: str, only: Iterable[str] | None) -> list[str]:
    """The accounts to read.

    Args:
        client: A client with the platform's key.
        text: The option.
        only: The accounts that are of interest; None if all are.

    Raises:
        ValueError: There is none, or one is not an id.
        OSError: The file cannot be read.
        StripeError: The platform's accounts cannot be listed.
    """
    is_list = text.startswith("acct_") and not Path(text).exists()
    ids = account_ids(re.findall(r"[^\s,]+", text) if is_list else text)
    if ids is None:
        page = client.accounts.list(limit=PAGE_SIZE)
        ids = [account.id for account in page.auto_paging_iter() if account.id]
    return ids if only is None else [each for each in ids if each in {*only}]


def sizes_in(path: str) -> Mapping[str, int]:
    """The sizes in a file: the JSON of a certificate, or of a mapping from ids to numbers.

    Raises:
        ValueError: It is something else.
        OSError: The file cannot be read.
    """
    try:
        content: object = json.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise OSError(error.errno, f"sizes: {error.strerror}", path) from None
    except ValueError:
        raise ValueError(f"sizes must be a file with JSON, got {path!r:.200}") from None
    if isinstance(content, dict):
        mapping = cast("dict[str, object]", content)
        content = mapping.get("rows_by_account", mapping)
    return checked_sizes(content)
