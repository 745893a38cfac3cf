"""Configuration of the documentation. It builds without a network: sphinx-build -W -n docs docs/_build."""

import re
import shutil
from pathlib import Path

import extremal

HERE = Path(__file__).parent

# Sphinx reads pages below this folder only; the notebooks live beside it.
for notebook in (HERE.parent / "notebooks").glob("*.ipynb"):
    (HERE / "notebooks").mkdir(exist_ok=True)
    shutil.copy2(notebook, HERE / "notebooks" / notebook.name)

project = "extremal"
author = "the extremal authors"
copyright = author
version = release = extremal.__version__
language = "en"

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "myst_nb", "sphinxcontrib.bibtex"]
exclude_patterns = ["_build", "jupyter_execute", "**.ipynb_checkpoints"]
suppress_warnings = ["mystnb.unknown_mime_type"]

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / ".jupyter_cache")
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"

autosummary_generate = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = False
# Types in docstrings are words for people (ndarray of shape (n, d)), not references.
numpydoc_validation_checks = set()
nitpick_ignore_regex = [("py:.*", r"(numpy|np|pandas|pd|matplotlib|shapely|concurrent|fractions)\..*")]

html_theme = "furo"
html_title = f"extremal {release}"
html_static_path = ["_static"]
html_css_files = ["extremal.css"]
html_show_copyright = False
html_show_sphinx = False


def escape_bars(app, what, name, obj, options, lines):
    """Let docstrings write |G_n| for an absolute value: to reStructuredText a bar starts a substitution."""
    in_example = False
    for i, line in enumerate(lines):
        in_example = line.lstrip().startswith(">>>") or (in_example and bool(line.strip()))
        if not in_example:
            lines[i] = re.sub(r"(?<!\\)\|", r"\\|", line)


def setup(app):
    """Connect the above."""
    app.connect("autodoc-process-docstring", escape_bars, priority=900)
