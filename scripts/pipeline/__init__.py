"""The spec pipeline, from fetching a document to checking the package that is made of it.

fetch -> slice -> overlay -> validate -> vet -> join -> render -> format -> check

One module per step, each a plain function from the previous step's result; `run` puts them in
order, and the commands call that. Every refusal is a `PipelineError`. Where only the configuration
does not fit the document, a step returns its `MisfitError`s beside the result.
"""
