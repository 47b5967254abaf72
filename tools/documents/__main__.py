"""`python -m tools.documents`: write the pages that are made from the code."""

from tools.documents.pages import FOLDER, PAGES


def main() -> None:
    """Write them all."""
    for name, made in PAGES.items():
        (FOLDER / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
