"""How Sphinx builds the site: of these pages, and of those documents beside them that they link to."""

project = "helm-rollback-component"
extensions = ["myst_parser", "sphinxcontrib.mermaid"]

# The source folder is the repository's root, so that each link leads to the same place on a Git host.
root_doc = "docs/index"
include_patterns = [
    "docs/**",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "stacks/README.md",
    "stacks/examples/*/README.md",
    "stacks/examples/README.md",
    "tools/ground/README.md",
]
exclude_patterns = [".*", "**/.*", "dist", "local_engine", "tests", "helm_rollback_component", "benchmarks"]

myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
nitpicky = True
linkcheck_anchors_ignore_for_url = [r"https://github\.com/.*"]  # GitHub makes them in the browser

html_theme = "furo"
html_title = project
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_extra_path = ["redirect"]
