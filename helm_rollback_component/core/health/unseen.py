"""What the user may not look at, and which rights are missing for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

OWN = "objects"
"""What is read where it is the release's own objects."""

Unseen = Mapping[tuple[str, str], str]
"""What may not be read (`OWN`, ``children``, ``events``, …) and where, with the API server's sentence."""

_TOLD = 6
_LONGEST = 300


def of_objects(unseen: Unseen) -> str:
    """Return why some of the release's own objects may not be read, an empty string if all may."""
    return next((why for (what, _), why in unseen.items() if what == OWN), "")


def sentences(unseen: Unseen) -> tuple[str, ...]:
    """Return the API server's sentences, each once and of bounded length; of very many, the first."""
    return tuple(dict.fromkeys(why[:_LONGEST] for why in unseen.values()))[:_TOLD]
