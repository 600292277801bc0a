"""Text from outside stays text, whatever file it lands in."""

import tomllib

import pytest
import yaml

from decisionworks.graphs.codegen.render import FragmentBroken, render_repository
from decisionworks.graphs.codegen.render.escaping import UserText, hcl, md, py, quoted_md, shell, word, yaml_scalar
from decisionworks.graphs.codegen.render.naming import names_for
from decisionworks.graphs.codegen.render.templates import render_text
from tests.unit.graphs.codegen.plans import PLANS, render_input

HOSTILE = (
    'x"; import os\n"""\n${file("/etc/passwd")} %{ for a in b } ${{ github.token }} {{ 7*7 }} [[ 7*7 ]] [% set a = 1 %]'
    "\n$(touch /tmp/owned) `id` </script> \\ \u202e # |table| ![x](y) ''' EOF"
)


def test_a_hostile_name_request_and_reason_reach_no_code() -> None:
    source = render_input(
        PLANS["documents"], project_name=HOSTILE, request=HOSTILE, guidance=HOSTILE,
        values={"regions": ["eu-west-1"], "use_case_type": "llm_chat_rag", "use_case_summary": HOSTILE},
    )  # fmt: skip
    entry = {
        "id": "sec-baseline",
        "capability": HOSTILE,
        "reason": HOSTILE,
        "runner_up": HOSTILE,
        "requires": [HOSTILE],
    }
    source.plan["patterns"].append(entry)
    source.plan["assumptions"].append({"field": HOSTILE, "value": HOSTILE, "effect": HOSTILE})

    files = render_repository(source)

    calm = render_repository(render_input(PLANS["documents"], values=dict(source.values), request=HOSTILE))
    for path, file in files.items():
        text = file.content.decode()
        if path.endswith((".py", ".tf", ".tfvars", ".yml", ".yaml", ".toml", "Makefile", "Dockerfile")):
            assert "passwd" not in text, path
            assert "touch" not in text, path
        else:
            assert "\u202e" not in text, path
            assert "![x](y)" not in text, path
            assert "</script>" not in text, path
    assert set(files) == set(calm)


def test_generated_yaml_and_toml_can_be_read_under_hostile_text() -> None:
    files = render_repository(render_input(PLANS["weekly batch"], project_name=HOSTILE, request=HOSTILE))

    for path, file in files.items():
        if path.endswith((".yml", ".yaml")):
            assert yaml.safe_load(file.content), path
    assert tomllib.loads(files["pyproject.toml"].content.decode())["project"]["name"]


def test_a_template_cannot_print_outside_text_without_a_filter() -> None:
    with pytest.raises(FragmentBroken):
        render_text("[[ name ]]", {"name": UserText("harmless")})


def test_a_template_cannot_reach_into_python() -> None:
    with pytest.raises(FragmentBroken):
        render_text("[[ ''.__class__.__mro__ ]]", {})


def test_a_template_cannot_print_what_is_not_there() -> None:
    with pytest.raises(FragmentBroken):
        render_text("[[ nothing ]]", {})


def test_hcl_text_holds_no_live_template() -> None:
    assert hcl('a "b" ${c} %{d}\n') == '"a \\"b\\" $${c} %%{d}\\n"'
    assert hcl(["a", 1, True, None]) == '["a", 1, true, null]'


def test_yaml_text_is_one_quoted_scalar() -> None:
    assert yaml.safe_load(yaml_scalar("a: b\n- c # d")) == "a: b\n- c # d"
    assert "${{" not in yaml_scalar("${{ secrets.x }}")


def test_python_text_is_a_literal() -> None:
    assert eval(py(HOSTILE)) == HOSTILE  # the literal is the text, and nothing ran


def test_markdown_text_stays_on_its_line_and_in_its_cell() -> None:
    assert "\n" not in md("a\nb | c")
    assert md("a | b") == "a \\| b"
    assert md("<img>") == "\\<img\\>"


@pytest.mark.parametrize("text", ["---", "===", "- a", "+ a", "1. a", "12) a"])
def test_markdown_text_begins_no_list_and_underlines_nothing(text: str) -> None:
    assert "\\" in md(text)
    assert quoted_md(f"title\n{text}").splitlines()[1] == f"> {md(text)}"


def test_markdown_text_keeps_its_numbers() -> None:
    assert [md(text) for text in ("-5 USD", "1.5 s", "a - b", "2026. x")] == ["-5 USD", "1.5 s", "a - b", "2026. x"]


def test_a_shell_word_is_one_word() -> None:
    assert shell("a b; $(c)") == "'a b; $(c)'"


@pytest.mark.parametrize("text", ["", "a b", "x;y", "../x", "a\n"])
def test_only_a_plain_word_is_printed_bare(text: str) -> None:
    with pytest.raises(FragmentBroken):
        word(text)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Churn scores", "churn-scores"),
        ("  Größe & Maß!! ", "groe-ma"),
        ("", "ml-system"),
        ("2025 forecast", "ml-2025-forecast"),
        ("AWS bill scores", "ml-aws-bill-scores"),
        ("A" * 80, "aaaaaaaaaaaaaaaaaaaaaaaa-" + "f7a25"),
    ],
)
def test_names_are_plain_and_short(name: str, slug: str) -> None:
    names = names_for(name, package="churn")

    assert len(names.slug) <= 30
    assert len(names.prefix) <= 20
    assert names.slug.startswith(slug[:24])


def test_long_names_that_start_alike_stay_apart() -> None:
    first = names_for("a very long project name that goes on one", package="churn")
    second = names_for("a very long project name that goes on two", package="churn")

    assert first.slug != second.slug
    assert first.prefix != second.prefix


def test_a_name_without_latin_letters_still_gets_its_own_slug() -> None:
    assert names_for("顧客", package="churn").slug != names_for("天気", package="churn").slug


def test_a_heading_spells_abbreviations_in_capitals():
    assert names_for("llm_chat_rag", package="assistant").title == "LLM chat RAG"
    assert names_for("Churn scores", package="churn").title == "Churn scores"
    assert names_for("QuickBooks churn", package="churn").title == "QuickBooks churn"
    assert names_for("顧客", package="churn").title == "ML system"


def test_a_long_name_becomes_a_heading_of_whole_words():
    title = names_for("score every customer of the wholesale platform once a week and say why", package="churn").title

    assert title == "Score every customer of the wholesale platform once a week"
