"""The spec pipeline: fetch -> slice -> overlay -> validate -> parse -> render -> format -> check.

One module per step, each a plain function from the previous step's result; `scripts.regenerate`
puts them in order. Every refusal is a `PipelineError`.
"""
