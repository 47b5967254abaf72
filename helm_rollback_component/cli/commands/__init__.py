"""The commands: each is one function, with what it prints beside it."""
