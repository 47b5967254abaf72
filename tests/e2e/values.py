"""Values of the root project's chart, by what becomes of an upgrade to them."""

IMAGE_PULL = {"ground/play": "image-pull"}
"""Pod labels with which the image cannot be pulled."""

GOOD = {"replicas": 1}
BETTER = {"replicas": 1, "image": {"tag": "1.30"}}
BAD = {"replicas": 1, "image": {"tag": "missing"}, "podLabels": IMAGE_PULL}

AT_ONCE = {"imagePullGrace": 0}
"""Health rules that lose no time."""
