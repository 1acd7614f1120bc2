"""What operations are called: decided by the HTTP method and the path."""

from __future__ import annotations

import re

from attrs import define

from .identifiers import not_a_keyword

# Where Stripe has one object and no collection of them.
_SINGLETONS = {
    *("account", "balance", "balance_settings", "cash_balance", "discount", "dispute", "settings"),
}

# First words that make an action of what otherwise reads like a collection: `add_lines`.
_VERBS = {"add", "collect", "remove", "report", "update", "verify"}

_VERBS_OF_GET = {"find", "search"}

# How an action that is done to an object's part gets to the object; others name the object first.
_PREPOSITIONS = {"add": "to", "apply": "to", "attach": "to", "detach": "from", "remove": "from"}

_METHODS = {"delete": "delete", "get": "retrieve", "patch": "update", "put": "replace"}

# What the rules would name otherwise than Stripe does, or like another operation.
_OWN_METHODS = {
    ("get", "/v1/account"): "retrieve_current",
    ("post", "/v1/accounts/{account}/people"): "create",
    ("delete", "/v1/subscriptions/{subscription_exposed_id}"): "cancel",
    ("delete", "/v1/customers/{customer}/subscriptions/{subscription_exposed_id}"): "cancel",
    ("post", "/v1/treasury/financial_accounts/{financial_account}/features"): "update",
}


@define(frozen=True)
class OperationName:
    """What an operation is called.

    Attributes:
        resource: What it belongs to, `invoices`: its tag, and an attribute of the client.
        method: Its name there, `attach_payment`.
        function: Its name among all operations, `attach_payment_to_invoice`.
    """

    resource: str
    method: str
    function: str


def operation_name(http_method: str, path: str, *, is_list: bool) -> OperationName:
    """The name of an operation: by what it is alone, so that no other operation changes it.

    `is_list` says whether it returns a page of a list.
    """
    steps = _steps(path)
    *before, (last, is_item) = steps
    own = _OWN_METHODS.get((http_method, path))
    if own is None and not is_item and _is_action(http_method, before, last):
        resource, thing = _resource(before)
        verb, _, part = last.partition("_")
        if not part:
            words = [verb, resource if is_list else thing]
        elif verb in _PREPOSITIONS:
            words = [verb, part, _PREPOSITIONS[verb], thing]
        else:
            holder, _ = before[-1]
            words = [verb, thing, part.removeprefix(f"{singular(holder)}_")]
        return OperationName(resource, not_a_keyword(last), "_".join(words))
    resource, thing = _resource(steps)
    if is_list:
        return OperationName(resource, "list", f"list_{resource}")
    default = "update" if is_item or last in _SINGLETONS else "create"
    method = own or _METHODS.get(http_method, default)
    return OperationName(resource, method, f"{method}_{thing}")


def _steps(path: str) -> list[tuple[str, bool]]:
    """The words of a path, each with whether an id follows it."""
    steps: list[tuple[str, bool]] = []
    for segment in path.removeprefix("/v1/").removeprefix("/").split("/"):
        if segment.startswith("{") and steps:
            steps[-1] = (steps[-1][0], True)
        else:
            word = re.sub(r"[^a-z0-9]+", "_", segment.lower()).strip("_")
            steps.append((word or "root", False))
    return steps


def _is_action(http_method: str, before: list[tuple[str, bool]], last: str) -> bool:
    """Whether a path that ends in the word `last` says there what to do, and not with what."""
    verb, _, _ = last.partition("_")
    if http_method == "get":
        return bool(before) and verb in _VERBS_OF_GET
    if http_method != "post" or not before or last in _SINGLETONS:
        return False
    if singular(last) != last:
        return verb in _VERBS
    holder, _ = before[-1]
    return any(has_id for _, has_id in before) or singular(holder) != holder


def _resource(steps: list[tuple[str, bool]]) -> tuple[str, str]:
    """What the words lead to, as a collection and as one of it: `customer_tax_ids` and `..._id`."""
    *holders, (last, _) = steps
    following = [word for word, _ in steps[1:]]
    words = [
        singular(word) if has_id else word
        for (word, has_id), next_word in zip(holders, following, strict=True)
        if not next_word.startswith(f"{singular(word)}_")  # `source_transactions` of a source
    ]
    one = last if last in _SINGLETONS else singular(last)
    return "_".join([*words, last]), "_".join([*words, one])


def singular(words: str) -> str:
    """`custom_fields` as `custom_field`; what is no plural in -s stays as it is."""
    for ending, replacement in (("ies", "y"), ("sses", "ss"), ("xes", "x")):
        if words.endswith(ending):
            return words.removesuffix(ending) + replacement
    is_plural = words.endswith("s") and not words.endswith(("ss", "us", "is"))
    return words[:-1] if is_plural else words
