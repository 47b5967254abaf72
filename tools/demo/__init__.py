"""A demonstration in a terminal: a release goes bad, and comes back by itself."""
