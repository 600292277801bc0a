"""The template engine: sandboxed, strict, with delimiters that no generated format uses."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from decisionworks.graphs.codegen.render.errors import FragmentBroken
from decisionworks.graphs.codegen.render.escaping import FILTERS, refuse_unescaped
from decisionworks.graphs.codegen.render.load import FRAGMENTS_DIR


@cache
def template_engine(root: Path = FRAGMENTS_DIR) -> ImmutableSandboxedEnvironment:
    """Make the engine; templates are named `<owner>/<path in the fragment's folder>`."""
    engine = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(root),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - text from outside is refused unless a format filter escaped it
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        finalize=refuse_unescaped,
    )
    engine.filters.update(FILTERS)
    return engine


def render_file(name: str, context: Mapping[str, Any]) -> str:
    """Render one template file.

    Raises: FragmentBroken, the template is wrong or names something that is not there.
    """
    try:
        return template_engine().get_template(name).render(context)
    except TemplateError as error:
        raise FragmentBroken(f"Template {name}: {type(error).__name__}: {error}") from error


def render_text(text: str, context: Mapping[str, Any]) -> str:
    """Render a short template that stands in a fragment document.

    Raises: FragmentBroken, the template is wrong or names something that is not there.
    """
    if "[[" not in text and "[%" not in text:
        return text
    try:
        return template_engine().from_string(text).render(context)
    except TemplateError as error:
        raise FragmentBroken(f"Template text {text!r}: {error}") from error
