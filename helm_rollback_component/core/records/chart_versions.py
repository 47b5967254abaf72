"""Chart versions as Helm reads them.

Helm parses loosely (``github.com/Masterminds/semver``, ``NewVersion``): a leading ``v`` and missing parts are
accepted. An OCI tag cannot contain ``+``, so Helm writes ``_`` there (``pkg/registry``); it is reversed here.
"""

from __future__ import annotations

import re

from semver import Version

_LOOSE = re.compile(
    r"v?(?P<major>[0-9]{1,20})(\.(?P<minor>[0-9]{1,20}))?(\.(?P<patch>[0-9]{1,20}))?"
    r"(-(?P<prerelease>[0-9A-Za-z.-]+))?([+_](?P<build>[0-9A-Za-z.-]+))?"
)


def parse(text: str) -> Version | None:
    """Return the version that `text` spells, or None where it spells none."""
    match = _LOOSE.fullmatch(text.strip())
    if match is None:
        return None
    numbers = ".".join(str(int(match[part] or 0)) for part in ("major", "minor", "patch"))
    prerelease = f"-{match['prerelease']}" if match["prerelease"] else ""
    build = f"+{match['build']}" if match["build"] else ""
    try:
        return Version.parse(f"{numbers}{prerelease}{build}")
    except ValueError:
        return None


def same(one: str, other: str) -> bool:
    """Whether both texts spell one version, build metadata included; unparsable ones compare as texts."""
    first, second = parse(one), parse(other)
    if first is None or second is None:
        return one == other
    return first.compare(second) == 0 and first.build == second.build


def older(one: str, other: str) -> bool:
    """Whether `one` comes before `other`; build metadata has no order, and an unparsable text none."""
    first, second = parse(one), parse(other)
    return first is not None and second is not None and first.compare(second) < 0
