"""`helm-rollback`: the command line for operators."""
