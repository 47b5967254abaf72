"""Helm releases that come back by themselves, for Pulumi programs."""
