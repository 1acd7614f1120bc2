"""One call of the API: its steps, when it is retried and how fast, and what it returns.

`steps` is the generator that every call runs through; `engine` is what resources make calls with.
"""
