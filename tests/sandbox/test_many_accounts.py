"""Connected accounts of very different sizes."""

from statistics import mean, median

import pytest

from stripe_invoice_payments.sandbox import Sandbox


def sizes(**options):
    return Sandbox(payments=1000, **{"account_sizes": "heavy_tail", **options}).sizes


def test_by_default_all_have_the_same_size():
    assert set(sizes(accounts=20, account_sizes="equal").values()) == {1000}


@pytest.mark.parametrize("seed", range(5))
def test_a_few_hold_most_and_most_hold_hardly_any(seed):
    drawn = sorted(sizes(accounts=2000, seed=seed).values())
    assert 100 < median(drawn) < 200
    assert drawn[0] < 5
    assert sum(drawn[-400:]) > 0.7 * sum(drawn), "a fifth of the accounts"
    assert 600 < mean(drawn) < 4000


def test_a_size_depends_on_the_seed_and_the_id_only():
    many, few = sizes(accounts=30), sizes(accounts=["acct_1SandboxConnected7", "acct_other"])
    assert many["acct_1SandboxConnected7"] == few["acct_1SandboxConnected7"]
    assert sizes(accounts=30) == many
    assert list(sizes(accounts=30, seed=1).values()) != list(many.values())


def test_the_sizes_are_what_can_be_read():
    with Sandbox(payments=60, accounts=8, account_sizes="heavy_tail") as sandbox:
        client = sandbox.client()
        counted = {}
        for account in sandbox.accounts:
            page = client.invoice_payments.list(limit=100, stripe_account=account)
            counted[account] = sum(1 for _ in page.auto_paging_iter())
        assert counted == sandbox.sizes
        assert len(set(counted.values())) > 4
        own = client.invoice_payments.list(limit=100)
        assert sum(1 for _ in own.auto_paging_iter()) == 60
