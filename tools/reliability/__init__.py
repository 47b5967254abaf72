"""`docs/reliability.md`: what was measured with the fault proxy, and what else holds."""
