"""Plan in, repository out: chooses fragments, renders them and puts the shared files together."""

from collections.abc import Mapping
from typing import Any

from decisionworks.artifacts.model import GeneratedFile
from decisionworks.decisions.documents import PlanContent, plan_documents
from decisionworks.graphs.codegen.render.accepted import checkov_settings
from decisionworks.graphs.codegen.render.context import COLLECTS, Facts, facts_of, template_context
from decisionworks.graphs.codegen.render.errors import FragmentBroken
from decisionworks.graphs.codegen.render.hcl import format_hcl
from decisionworks.graphs.codegen.render.load import select_fragments
from decisionworks.graphs.codegen.render.model import BASE_OWNER, Fragment, RenderInput, Selection
from decisionworks.graphs.codegen.render.paths import checked_path
from decisionworks.graphs.codegen.render.python_parts import Requirements, requirements_of
from decisionworks.graphs.codegen.render.sbom import SBOM_PATH, bill_of_materials
from decisionworks.graphs.codegen.render.schema import ImageSpec, TerraformSpec
from decisionworks.graphs.codegen.render.templates import render_file, render_text
from decisionworks.graphs.codegen.render.terraform import chosen_modules, module_calls, module_files, root_outputs

# The image that a registered model names as the one that serves it: the first of these that a plan has.
SERVING_IMAGES = (
    "inference", "multi_model", "scoring_api", "scoring_function", "kserve_model", "embedded_scoring", "async_worker",
    "stream_scoring", "batch_scoring",
)  # fmt: skip
# The queue that trains where a plan has machines with GPUs: the first of these.
TRAINING_MODULES = (
    ("train-distributed-gpu", "distributed_training"),
    ("train-spot-checkpointed", "spot_training"),
    ("train-gpu-job", "gpu_training"),
)
HCL_SUFFIXES = (".tf", ".tfvars", ".tftest.hcl")


class _Files:
    """Files collected so far; a path is produced once."""

    def __init__(self) -> None:
        self._files: dict[str, GeneratedFile] = {}

    def add(self, path: str, text: str, *, pattern: str, mode: int = 0o644) -> None:
        """Keep one file.

        Raises: FragmentBroken, another fragment already produces the path; UnsafePath.
        """
        path = checked_path(path)
        if path in self._files:
            raise FragmentBroken(f"Two fragments produce {path}: {self._files[path].pattern} and {pattern}.")
        body = format_hcl(text) if path.endswith(HCL_SUFFIXES) else text
        self._files[path] = GeneratedFile(content=body.encode("utf-8"), mode=mode, pattern=pattern)

    def texts(self, suffix: str = "") -> dict[str, str]:
        """Return the texts of the files whose names end so, by path."""
        return {path: file.content.decode("utf-8") for path, file in self._files.items() if path.endswith(suffix)}

    def in_path_order(self) -> dict[str, GeneratedFile]:
        """Return the files sorted by path."""
        return {path: self._files[path] for path in sorted(self._files)}


def render_repository(source: RenderInput) -> dict[str, GeneratedFile]:
    """Render the repository of an approved plan; the same input gives the same bytes.

    Raises: UnrenderablePattern, a pattern has no fragment; UnusableRenderInput, the plan lacks patterns or a region;
    FragmentBroken, a fragment of ours is wrong.
    """
    facts = facts_of(source)
    selection = select_fragments(facts.patterns, tags=facts.tags)
    context = template_context(source, facts)
    images = {item.owner: _images_of(item, selection) for item in selection.fragments}
    context["image_names"] = sorted(image.name for group in images.values() for image in group)
    context["serving_image"] = next((name for name in SERVING_IMAGES if name in context["image_names"]), "pipeline")
    context["training_image"] = "training" if "training" in context["image_names"] else "pipeline"
    context["released_functions"] = _released_functions(facts, context["image_names"])
    context["pipeline_steps"] = _pipeline_steps(facts)
    context["training_module"] = next((module for pattern, module in TRAINING_MODULES if facts.has(pattern)), None)
    context["image_of"] = lambda owner: images[owner][0]
    context["parts"] = _parts(selection, context, facts)
    files = _Files()
    for fragment in selection.fragments:
        _render_files(fragment, selection, context, files)
        _render_images(fragment, selection, context, files)
    _render_modules(selection, context, files)
    for path, text in plan_documents(_content_of(source)).items():
        files.add(f"docs/{path}", text, pattern=selection.asked_by[BASE_OWNER])
    files.add(".checkov.yaml", checkov_settings(files.texts(".tf").values()), pattern=BASE_OWNER)
    requirements: Requirements = context["parts"]["requirements"]
    files.add(SBOM_PATH, bill_of_materials(facts.names.slug, requirements, files.texts()), pattern=BASE_OWNER)
    return files.in_path_order()


def _released_functions(facts: Facts, image_names: list[str]) -> list[str]:
    """The modules of functions whose live version a release moves, where a plan delivers step by step."""
    if not facts.has("deploy-progressive"):
        return []
    modules = {"scoring_function": "scoring_function", "answer_api": "answer_function"}
    return [module for image, module in modules.items() if image in image_names]


def _pipeline_steps(facts: Facts) -> list[str]:
    """The steps that a plan's orchestrator runs one after the other; the others have jobs of their own."""
    return [
        *(["collect"] if facts.has(COLLECTS) else []),
        "prepare",
        *(["features"] if facts.has("features-offline-tables") else []),
        *(["train", "promote"] if facts.has("uses-model") else []),
    ]


def _content_of(source: RenderInput) -> PlanContent:
    return PlanContent(
        request=source.request,
        plan=source.plan,
        cost_estimate=source.cost_estimate,
        policy_results=source.policy_results,
        plan_hash=source.plan_hash,
        values=source.values,
        critiques=source.critiques,
        guidance=source.guidance,
    )


def _render_files(fragment: Fragment, selection: Selection, context: Mapping[str, Any], files: _Files) -> None:
    for spec in fragment.files:
        if spec.when.holds(selection.facts):
            files.add(
                render_text(spec.path, context),
                render_file(f"{fragment.owner}/{spec.template}", context),
                pattern=selection.asked_by[fragment.owner],
                mode=int(spec.mode, 8),
            )


def _render_images(fragment: Fragment, selection: Selection, context: Mapping[str, Any], files: _Files) -> None:
    for image in _images_of(fragment, selection):
        text = render_file(f"{BASE_OWNER}/Dockerfile.j2", {**context, "image": image})
        files.add(f"services/{image.name}/Dockerfile", text, pattern=selection.asked_by[fragment.owner])


def _render_modules(selection: Selection, context: Mapping[str, Any], files: _Files) -> None:
    for fragment, spec in chosen_modules(selection):
        if not spec.is_own:
            continue
        main = render_file(f"{fragment.owner}/{spec.main}", context)
        for file in module_files(
            fragment, spec, main=main, evaluate=lambda text: render_text(text, context), facts=selection.facts
        ):
            files.add(file.path, file.text, pattern=selection.asked_by[fragment.owner])


def _images_of(fragment: Fragment, selection: Selection) -> list[ImageSpec]:
    """Choose the images of a fragment: the code's own declaration wins over the infrastructure's expectation."""
    for document in reversed(fragment.documents):
        images = [image for image in document.images if image.when.holds(selection.facts)]
        if images:
            return images
    return []


def _parts(selection: Selection, context: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """Merge what several fragments contribute to one file: Makefile, CI, requirements, runbook, Terraform root."""
    modules = chosen_modules(selection)
    fragments = selection.fragments
    return {
        "requirements": requirements_of(selection),
        "images": sorted(
            (image for fragment in fragments for image in _images_of(fragment, selection)), key=lambda image: image.name
        ),
        "make": _make_targets(selection),
        "ci_jobs": {
            name: job for item in fragments for document in item.documents for name, job in document.ci.jobs.items()
        },
        "module_names": [spec.module for _, spec in modules if spec.call],
        "modules_of": _modules_of(modules, facts),
        "module_calls": module_calls(modules, evaluate=lambda text: render_text(text, context), facts=selection.facts),
        "root_outputs": root_outputs(modules, facts=selection.facts),
        "runbook": _runbook(selection, context),
        "patterns": sorted(facts.patterns),
    }


def _modules_of(modules: list[tuple[Fragment, TerraformSpec]], facts: Facts) -> dict[str, list[str]]:
    return {
        pattern: [spec.module for fragment, spec in modules if spec.call and fragment.owner == pattern]
        for pattern in sorted(facts.patterns)
    }


def _make_targets(selection: Selection) -> list[Any]:
    targets = [item for fragment in selection.fragments for item in fragment.make if item.when.holds(selection.facts)]
    names = [item.target for item in targets]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise FragmentBroken(f"Two fragments add the same Makefile target: {', '.join(doubled)}.")
    return targets


def _runbook(selection: Selection, context: Mapping[str, Any]) -> str:
    sections = [
        render_file(f"{fragment.owner}/{document.runbook}", context).strip()
        for fragment in selection.fragments
        for document in fragment.documents
        if document.runbook is not None
    ]
    return "\n\n".join(sections)
