"""The one error of a release."""


class ReleaseError(Exception):
    """Nothing is released; the message says why."""
