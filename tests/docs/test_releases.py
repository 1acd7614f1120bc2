"""The page for users lists what each release changes for their code."""

from __future__ import annotations

from scripts.site.releases import with_releases

CHANGELOG = """# Changelog

## [Unreleased]

### Added

- A method.

## [0.3.0] - 2027-03-01

### Added

- **Breaking:** `Charge.status`: may be None
  in a new version.
- A field.

### Changed

- Stripe's API version 2027-02-24.fern.

### Deprecated

- `limit_to`: use
  `limit`.

## [0.2.0] - 2027-02-01

### Fixed

- A mistake.
"""


def listed(root) -> str:
    return with_releases("# Move\n\n<!-- changes for your code -->\n", root)


def test_the_list_has_what_concerns_code_and_nothing_else(tmp_path):
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    news = tmp_path / "changes"
    news.mkdir()
    (news / "README.md").write_text("How to write news.\n", "utf-8")
    (news / "+renamed.changed.md").write_text("**Breaking:** `readers` is\n`workers`.\n", "utf-8")
    (news / "+faster.changed.md").write_text("Faster.\n", "utf-8")
    (news / "+old.deprecated.md").write_text("`old`.\n", "utf-8")

    assert listed(tmp_path) == (
        "# Move\n\n"
        "### The next release\n\n"
        "- Deprecated: `old`.\n"
        "- `readers` is `workers`.\n\n"
        "### 0.3.0, 2027-03-01\n\n"
        "- `Charge.status`: may be None in a new version.\n"
        "- Stripe's API version 2027-02-24.fern.\n"
        "- Deprecated: `limit_to`: use `limit`.\n\n"
        "### 0.2.0, 2027-02-01\n\n"
        "- Nothing: your code works as before.\n"
    )


def test_a_release_without_news_is_not_listed(tmp_path):
    (tmp_path / "changes").mkdir()
    changelog = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2027-01-01\n\n### Added\n\n- All.\n"
    (tmp_path / "CHANGELOG.md").write_text(changelog, "utf-8")

    assert listed(tmp_path) == (
        "# Move\n\n### 0.1.0, 2027-01-01\n\n- Nothing: your code works as before.\n"
    )


def test_a_page_that_does_not_ask_for_the_list_stays_as_it_is(tmp_path):
    assert with_releases("# Money\n", tmp_path) == "# Money\n"
