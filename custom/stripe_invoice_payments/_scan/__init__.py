"""Reading a whole period with several workers.

`setup` checks the options and prepares a scan: a `query` (what is requested), a `plan` (which
window of time is read next), and a `state` (what has been read and yielded). `steps` are what a
worker does with them; `workers` carries steps out, with threads or tasks. A `reader` decides what
the consumer gets next: payments, or `batches`; `iterators` is what the consumer sees. `tokens` say
in text what is left; `checkpoint` and `lock` are a file for one. `progress` measures.
"""
