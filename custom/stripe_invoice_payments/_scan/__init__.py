"""Reading a whole period with several workers.

`setup` checks the options and prepares a scan: a `query` (what is requested), a `plan` (which
window of time is read next), and a `state` (what has been read and yielded). `steps` are what a
worker does with them, and `workers` carries out the steps, with threads or tasks. A `reader`
decides what the consumer receives next: payments or `batches`. `iterators` are what the consumer
sees. `tokens` describe the remaining work as text; `checkpoint` and `lock` store a token in a file.
`progress` measures the scan.
"""
