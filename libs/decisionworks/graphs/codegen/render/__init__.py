"""The renderer: (approved plan, fragments) in, repository files out; pure and byte for byte repeatable."""

from decisionworks.artifacts.model import GeneratedFile
from decisionworks.graphs.codegen.render.errors import (
    FragmentBroken,
    UnrenderablePattern,
    UnsafePath,
    UnusableRenderInput,
)
from decisionworks.graphs.codegen.render.load import renderable_patterns, template_version
from decisionworks.graphs.codegen.render.model import RenderInput
from decisionworks.graphs.codegen.render.repository import render_repository

__all__ = [
    "FragmentBroken",
    "GeneratedFile",
    "RenderInput",
    "UnrenderablePattern",
    "UnsafePath",
    "UnusableRenderInput",
    "render_repository",
    "renderable_patterns",
    "template_version",
]
