"""Fragments from disk, read once and checked strictly."""

import hashlib
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from decisionworks.graphs.codegen.render.errors import FragmentBroken, UnrenderablePattern
from decisionworks.graphs.codegen.render.model import BASE_OWNER, Fragment, Selection
from decisionworks.graphs.codegen.render.schema import FragmentDocument

FRAGMENTS_DIR = Path(__file__).resolve().parent.parent / "fragments"
DOCUMENT_NAMES = ("fragment.yaml", "services.yaml")


@cache
def load_fragments(root: Path = FRAGMENTS_DIR) -> dict[str, Fragment]:
    """Read every fragment, keyed by its owner.

    Raises: FragmentBroken, a document does not keep the schema.
    """
    folders = sorted(path.parent for path in root.glob(f"*/{DOCUMENT_NAMES[0]}"))
    return {folder.name: _load_fragment(folder) for folder in folders}


def renderable_patterns() -> frozenset[str]:
    """Name the patterns for which code can be generated."""
    return frozenset(owner for owner in load_fragments() if not owner.startswith("_"))


@cache
def template_version(root: Path = FRAGMENTS_DIR) -> str:
    """Digest everything that shapes a repository besides the plan: fragments and renderer."""
    digest = hashlib.sha256()
    for base in (root, Path(__file__).resolve().parent):
        for path in sorted(base.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{base.name}/{path.relative_to(base).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def select_fragments(patterns: frozenset[str], *, tags: frozenset[str] = frozenset()) -> Selection:
    """Choose the fragments of a plan: the base, then shared parts, then patterns, each by name.

    Conditions may ask for patterns and for `tags`, the facts of the example problem.

    Raises: UnrenderablePattern, some pattern has no fragment.
    """
    fragments = load_fragments()
    missing = tuple(sorted(patterns - renderable_patterns()))
    if missing:
        raise UnrenderablePattern(missing)
    facts = patterns | tags
    asked_by = {BASE_OWNER: BASE_OWNER}
    for pattern in sorted(patterns):
        asked_by[pattern] = pattern
        _ask_for_shared_parts(fragments[pattern], fragments, facts, asked_by)
    _ask_for_shared_parts(fragments[BASE_OWNER], fragments, facts, asked_by, pattern=BASE_OWNER)
    chosen = [fragments[owner] for owner in sorted(asked_by, key=lambda name: (not name.startswith("_"), name))]
    return Selection(
        facts=facts,
        fragments=tuple(item for item in chosen if item.when.holds(facts)),
        asked_by=asked_by,
    )


def _ask_for_shared_parts(
    fragment: Fragment,
    fragments: dict[str, Fragment],
    facts: frozenset[str],
    asked_by: dict[str, str],
    *,
    pattern: str | None = None,
) -> None:
    for name in fragment.uses:
        if name not in fragments:
            raise FragmentBroken(f"Fragment {fragment.owner} uses {name}, which does not exist.")
        if name not in asked_by and fragments[name].when.holds(facts):
            asked_by[name] = pattern or fragment.owner
            _ask_for_shared_parts(fragments[name], fragments, facts, asked_by, pattern=asked_by[name])


def _load_fragment(folder: Path) -> Fragment:
    paths = [folder / name for name in DOCUMENT_NAMES if (folder / name).is_file()]
    documents = tuple(_load_document(path) for path in paths)
    return Fragment(owner=folder.name, folder=folder, documents=documents)


def _load_document(path: Path) -> FragmentDocument:
    try:
        return FragmentDocument.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise FragmentBroken(f"{path.parent.name}/{path.name} does not keep the schema: {error}") from error
