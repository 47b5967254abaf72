"""The pages of `docs/` that are made from the code: inputs, outputs, methods and errors, reason words.

`make docs` writes them; a test compares what is committed with what they would be.
"""
