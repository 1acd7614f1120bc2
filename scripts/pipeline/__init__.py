"""The spec pipeline, from fetching a document to trying the package that is made of it.

fetch -> slice -> overlay -> validate -> vet -> join -> render -> format -> check

Each step is a plain function from the previous step's result; `run` puts them in order, and the
commands call that. Every refusal is a `PipelineError`. Where only the configuration does not fit
the document, a step returns its `MisfitError`s with the result.

A map. A module imports only from its own folder and from what is further down here (`make lint`
checks that); `inputs` and `naming` know nothing of each other.

- `run`: the steps in order.
- `output/`: the package.
    - `rendering`: view and templates to text; what is copied as it is.
    - `formatting`: Ruff, with the pipeline's own rules.
    - `smoke_test`: the package can be imported.
- `view/`: what templates see. A module for each kind of thing has its class, and builds it.
    - `api`: the whole, of the parser's names and what the document says.
    - `clashes`: no two things have one name.
    - `resources`, `operations`, `parameters`, `models`: what those files are rendered from.
    - `columns`: the flat table of exports, whose columns never move.
    - `types`: how a schema is written as a type, read and checked.
    - `text`: the document's text, which must never become code; the parts of docstrings.
- `document/`: from Stripe's document to ours.
    - `slicing`: keeps what `spec/slice.yaml` names, as facts only.
    - `conventions`: what holds for all operations, so that no overlay has to say it.
    - `dialect`: OpenAPI 3.0 and 3.1 in one spelling; what cannot be expressed is refused.
    - `overlay`: our names, prose and corrections.
    - `validation`: openapi-spec-validator has no objection.
    - `second_opinion`: openapi-python-client has none either, and names functions and classes.
- `inputs/`: what is read.
    - `fetching`: Stripe's document, from a file, a URL or a package.
    - `parsing`: text as plain JSON, and its hash.
    - `configuration`: files under `spec/`, by pydantic models; `slice_config`: one of these.
    - `lock`: where the slice came from, and what it was rendered with.
- `naming/`: names in Python.
    - `identifiers`: of fields and parameters, and the names that are taken.
    - `operation_names`: of operations, by method and path.
- `openapi`: what documents are made of; `files`: reading and writing, whole or not at all;
  `repository`: where files are; `errors`: what is raised.
"""
