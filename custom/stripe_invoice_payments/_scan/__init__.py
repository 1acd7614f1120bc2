"""Reading a whole period with several workers.

`setup` checks the options and prepares a scan: a `query` (what is requested), a `plan` (which
window of time is read next), and a `state` (what has been read and yielded). `steps` are what a
worker does with them; `workers` carries steps out, with threads or tasks; `iterators` is what the
consumer gets. `checkpoint` and `lock` are the file for what is left.
"""
