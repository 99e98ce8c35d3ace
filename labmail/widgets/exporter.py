"""A notebook as a page to be read anywhere: ``jupyter nbconvert --to labmail 00-start-here.ipynb``.

An exported notebook has no kernel. For each output nbconvert takes one of its kinds, and its usual
choice is the live widget, which is blank without a kernel and asks strangers' servers for help.
Here HTML comes first: labmail's widgets bring a page of their own that goes on working (`page`).
Nothing is loaded from elsewhere, so formulas in prose are shown as they are written.

JupyterLab has it in its menu: *File, Save and Export Notebook As*.
"""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.filters import DataTypeFilter
from traitlets.config import Config

_TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js_requirejs -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
"""
"""JupyterLab's look, without the scripts that would be fetched."""


class PageExporter(HTMLExporter):
    """Exports a notebook to one HTML file in which labmail's widgets work."""

    export_from_notebook = "HTML, with labmail's pictures at work"

    def __init__(self, **options: Any) -> None:
        super().__init__(raw_template=_TEMPLATE, **options)

    @property
    def default_config(self) -> Config:
        config = super().default_config
        kinds = [kind for kind in DataTypeFilter().display_data_priority if kind != "text/html"]
        config.NbConvertBase.display_data_priority = ["text/html", *kinds]
        return config
