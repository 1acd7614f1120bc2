"""The documentation as a site: `make docs` and `make docs-serve`.

`pages` stages the Markdown of the repository as the pages of one site, and `__main__` has them
built by Zensical or by Material for MkDocs, which read the same `mkdocs.yml`.
"""
