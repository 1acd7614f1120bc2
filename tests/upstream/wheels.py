"""Small wheels in the layout of the `stripe` package, in a directory as an index."""

from __future__ import annotations

import zipfile
from pathlib import Path

SERVICE = """
from stripe._stripe_service import StripeService
from typing import Optional

if TYPE_CHECKING:
    from stripe.params._refund_list_params import (
        RefundListParams,
    )
    from stripe.params._refund_create_params import RefundCreateParams


class RefundService(StripeService):
    def list(self, params: Optional["RefundListParams"] = None) -> "ListObject[Refund]":
        return cast(
            "ListObject[Refund]",
            self._request(
                "get",
                "/v1/charges/{id}/refunds".format(id=sanitize_id(charge)),
                params=params,
            ),
        )

    async def list_async(self, params: Optional["RefundListParams"] = None) -> "ListObject":
        return await self._request_async("get", "/v1/charges/{id}/refunds", params=params)

    def create(self, params: "RefundCreateParams") -> "Refund":
        return cast("Refund", self._request("post", "/v1/refunds", params=params))

    def cancel(self, refund: str) -> "Refund":
        return cast("Refund", self._request("post", "/v1/refunds/cancel"))
"""

LIST_PARAMS = '''
class RefundListParams(RequestOptions):
    created: NotRequired["RefundListParamsCreated|int"]
    """
    Only refunds that were created then.
    """
    limit: NotRequired[int]
    order: NotRequired["Literal['asc', 'desc']|str"]


class RefundListParamsCreated(TypedDict):
    gt: NotRequired[int]
'''

CREATE_PARAMS = """
class RefundCreateParams(TypedDict):
    lines: NotRequired[List["RefundCreateParamsLine"]]
    note: NotRequired[str]


class RefundCreateParamsLine(TypedDict):
    amount: int
"""

REFUND = '''
class Refund(ListableAPIResource["Refund"]):
    """
    A refund.
    """

    OBJECT_NAME: ClassVar[Literal["refund"]] = "refund"

    class Outcome(StripeObject):
        class Inner(StripeObject):
            a: str

        code: Optional[Literal["fine"]]
        inner: Optional[Inner]

    class Details(StripeObject):
        anything: str

    amount: int
    charge: Optional[ExpandableField["Charge"]]
    details: Details
    id: str
    legacy: Optional[str]
    object: Literal["refund"]
    outcome: Outcome
    source: Optional[str]
    status: Optional[Literal["failed", "pending"]]

    @classmethod
    def list(cls, **params: Unpack["RefundListParams"]) -> ListObject["Refund"]:
        local: int = 1
        return cls._static_request("get", cls.class_url(), params=params)

    _inner_class_types = {"outcome": Outcome}
'''


def modules(api_version: str) -> dict[str, str]:
    """A release of the package, by the paths of its modules."""
    return {
        "stripe/__init__.py": "raise SystemExit('this is never imported')\n",
        "stripe/_api_version.py": f'class _ApiVersion:\n    CURRENT = "{api_version}"\n',
        "stripe/_refund.py": REFUND,
        "stripe/_refund_service.py": SERVICE,
        "stripe/params/_refund_list_params.py": LIST_PARAMS,
        "stripe/params/_refund_create_params.py": CREATE_PARAMS,
    }


def write_wheel(index: Path, version: str, files: dict[str, str]) -> Path:
    """Put a release into a directory."""
    index.mkdir(exist_ok=True)
    info = f"stripe-{version}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: stripe\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    path = index / f"stripe-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path
