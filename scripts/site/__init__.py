"""The documentation as a site: `make docs` and `make docs-serve`.

`pages` stages the Markdown of the repository as the pages of one site; `fields` adds a table for
each model, and `manual` the help of the command line. `__main__` has the pages built by Zensical or
by Material for MkDocs, which read the same `mkdocs.yml`. For the reference, both load `reading`,
which tells griffe how this project's docstrings and signatures are meant. `copies` adds what
programs read. `browser/` has what looks at the result in a browser: `make docs-check`.
"""
