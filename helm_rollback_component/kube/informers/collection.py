"""Which objects an informer keeps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Collection:
    """The objects of one kind in one namespace, or those of them that a selector finds.

    Attributes:
        path: where the API server has them.
        labels: a label selector, empty for all.
        fields: a field selector, empty for all.
        at_most: where there are more than so many, none is kept (`Informer.crowded`); 0 for no limit.
        by_name: whether they are never listed, only read one by one by their names.
    """

    path: str
    labels: str = ""
    fields: str = ""
    at_most: int = 0
    by_name: bool = False

    @property
    def query(self) -> dict[str, str]:
        """The parameters that select them."""
        selectors = {"labelSelector": self.labels, "fieldSelector": self.fields}
        return {key: value for key, value in selectors.items() if value}
