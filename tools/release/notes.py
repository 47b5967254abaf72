"""The release notes: what the changelog says of one version."""

from __future__ import annotations

import re

from tools.release.errors import ReleaseError

_LINKS = re.compile(r"^\[[^]]+\]: ", re.MULTILINE)


def notes(changelog: str, version: str) -> str:
    """Return the section of a version, without its heading.

    Args:
        changelog: a text in the form of Keep a Changelog.
        version: the version, such as ``1.2.0``.

    Raises:
        ReleaseError: there is no such section, or nothing is in it.
    """
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    found = [each for each in sections if each.startswith(f"[{version}]")]
    if not found:
        raise ReleaseError(f"CHANGELOG.md has no section [{version}]: give [Unreleased] that name and a date")
    _, _, content = found[0].partition("\n")
    text = _LINKS.split(content)[0].strip()
    if not re.search(r"^[-*] ", text, re.MULTILINE):
        raise ReleaseError(f"the section [{version}] of CHANGELOG.md is empty")
    return f"{text}\n"
