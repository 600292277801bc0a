"""Fragments: the rules that every one of them keeps, and what happens to one that does not."""

import re
from pathlib import Path

import pytest

from decisionworks.graphs.codegen.render import FragmentBroken, UnsafePath, renderable_patterns, template_version
from decisionworks.graphs.codegen.render.load import load_fragments, select_fragments
from decisionworks.graphs.codegen.render.model import Selection
from decisionworks.graphs.codegen.render.paths import checked_path
from decisionworks.graphs.codegen.render.python_parts import requirements_of
from decisionworks.graphs.codegen.render.schema import When
from decisionworks.graphs.codegen.render.terraform import chosen_modules


def write_fragment(root: Path, owner: str, text: str) -> None:
    (root / owner).mkdir(parents=True)
    (root / owner / "fragment.yaml").write_text(text, encoding="utf-8")


def test_every_pattern_has_a_runbook_section_or_nothing_to_run() -> None:
    silent = {
        owner
        for owner, fragment in load_fragments().items()
        if not owner.startswith("_") and all(document.runbook is None for document in fragment.documents)
    }

    assert silent <= {"features-offline-tables", "vector-opensearch", "vector-s3vectors"}


def test_every_template_that_a_fragment_names_exists() -> None:
    for fragment in load_fragments().values():
        named = [spec.template for spec in fragment.files]
        named += [spec.main for spec in fragment.terraform if spec.is_own]
        named += [document.runbook for document in fragment.documents if document.runbook is not None]
        for template in named:
            assert (fragment.folder / template).is_file(), f"{fragment.owner}: {template}"


def test_every_module_says_what_it_is_and_describes_its_inputs_and_outputs() -> None:
    for fragment in load_fragments().values():
        for spec in fragment.terraform:
            if spec.is_own:
                assert spec.summary.strip().endswith("."), fragment.owner
                descriptions = [item.description for item in spec.variables.values()]
                descriptions += [item.description for item in spec.outputs.values()]
                assert all(text.endswith(".") for text in descriptions), fragment.owner


def test_every_requirement_has_a_pin() -> None:
    everything = Selection(facts=frozenset(), fragments=tuple(load_fragments().values()), asked_by={})
    requirements = requirements_of(everything)

    for lines in (requirements.runtime, requirements.dev, requirements.deploy):
        pinned = {line.split("==")[0] for line in requirements.pinned(lines)}
        assert pinned >= {re.split(r"[\[<>=]", line)[0] for line in lines}


def test_shared_parts_are_not_patterns() -> None:
    assert not any(pattern.startswith("_") for pattern in renderable_patterns())


def test_an_unknown_key_in_a_fragment_is_an_error(tmp_path: Path) -> None:
    write_fragment(tmp_path, "a-pattern", "version: 1\nfyles: []\n")

    with pytest.raises(FragmentBroken, match="a-pattern"):
        load_fragments(tmp_path)


def test_two_fragments_cannot_call_a_module_the_same(tmp_path: Path) -> None:
    body = "version: 1\nterraform: {module: lake, summary: It is.}\n"
    write_fragment(tmp_path, "one", body)
    write_fragment(tmp_path, "two", body)
    fragments = load_fragments(tmp_path)
    selection = Selection(facts=frozenset(), fragments=tuple(fragments.values()), asked_by={})

    with pytest.raises(FragmentBroken, match="lake"):
        chosen_modules(selection)


def test_a_module_that_is_needed_but_absent_is_an_error(tmp_path: Path) -> None:
    write_fragment(tmp_path, "one", "version: 1\nterraform: {module: features, summary: It is., needs: lake}\n")
    selection = Selection(facts=frozenset(), fragments=tuple(load_fragments(tmp_path).values()), asked_by={})

    with pytest.raises(FragmentBroken, match="lake"):
        chosen_modules(selection)


def test_shared_parts_come_with_the_pattern_that_uses_them() -> None:
    selection = select_fragments(frozenset({"train-cpu-job"}))

    owners = [fragment.owner for fragment in selection.fragments]
    assert {"_cluster", "_network", "_container_job"} <= set(owners)
    assert selection.asked_by["_cluster"] == "train-cpu-job"


def test_a_shared_part_that_the_plan_rules_out_stays_away() -> None:
    selection = select_fragments(frozenset({"train-cpu-job", "sec-private-network"}))

    assert "_network" not in [fragment.owner for fragment in selection.fragments]


def test_conditions_hold_only_when_every_line_does() -> None:
    when = When.model_validate({"pattern": "a", "any_pattern": ["b", "c"], "not_pattern": "d"})

    assert when.holds(frozenset({"a", "c"}))
    assert not when.holds(frozenset({"a"}))
    assert not when.holds(frozenset({"b", "c"}))
    assert not when.holds(frozenset({"a", "b", "d"}))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a/./b",
        "a\\b",
        "a/.git/config",
        "con.txt",
        "a b",
        "x.",
        "é",
        "a" * 201,
    ],
)
def test_an_unsafe_path_is_refused(path: str) -> None:
    with pytest.raises(UnsafePath):
        checked_path(path)


@pytest.mark.parametrize("path", ["README.md", ".github/workflows/ci.yml", "src/churn/model.py", ".gitignore"])
def test_a_plain_path_is_kept(path: str) -> None:
    assert checked_path(path) == path


def test_the_template_version_changes_with_any_byte_of_a_fragment(tmp_path: Path) -> None:
    write_fragment(tmp_path / "before", "one", "version: 1\n")
    write_fragment(tmp_path / "after", "one", "version: 1\n\n")

    assert template_version(tmp_path / "before") != template_version(tmp_path / "after")
