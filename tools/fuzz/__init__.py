"""Fuzzing: random texts for everything that reads what others wrote."""
