import pytest

from decisionworks.graphs.codegen.render.problem import KINDS, all_problems, problem_for
from decisionworks.projects import load_constraint_catalogue

NO_PATTERNS: frozenset[str] = frozenset()


def _use_cases() -> list[str]:
    field = load_constraint_catalogue().by_name["use_case_type"]
    return [str(item) for item in field.enum]


@pytest.mark.parametrize("use_case", _use_cases())
def test_every_use_case_of_the_catalogue_has_an_example_problem(use_case):
    problem = problem_for({"use_case_type": use_case}, NO_PATTERNS)

    assert problem.kind in KINDS
    assert problem.package in {item.package for item in all_problems()}


@pytest.mark.parametrize(
    ("values", "package"),
    [
        ({"use_case_type": "churn_propensity"}, "churn"),
        ({"use_case_type": "tabular_scoring", "use_case_summary": "no-show risk per appointment"}, "noshow"),
        ({"use_case_type": "tabular_scoring"}, "leads"),
        ({"use_case_type": "forecasting", "use_case_summary": "day-ahead load per feeder"}, "gridload"),
        ({"use_case_type": "forecasting"}, "demand"),
        ({"use_case_type": "other", "data_types": ["audio"]}, "audio"),
        ({"model_type": "cnn_vision"}, "images"),
        ({"data_types": ["tabular"]}, "outcomes"),
        ({}, "outcomes"),
    ],
)
def test_use_case_words_model_and_data_choose_the_problem(values, package):
    assert problem_for(values, NO_PATTERNS).package == package


def test_package_names_sort_before_the_other_import_roots_of_a_generated_repository():
    packages = [problem.package for problem in all_problems()]

    assert all(package.isidentifier() and package < "pipelines" for package in packages)
    assert len(set(packages)) == len(packages)


@pytest.mark.parametrize("problem", all_problems(), ids=lambda problem: problem.package)
def test_a_problem_names_each_field_once_and_can_be_learnt(problem):
    names = [problem.key, problem.time, problem.target, *(column.name for column in problem.columns)]

    assert len(set(names)) == len(names)
    assert not set(names) & set(problem.personal)
    assert problem.segment in {column.name for column in problem.categories}
    assert problem.content is problem.columns[0]
    if problem.family == "tabular":
        assert len(problem.labels) == 2
        assert all(column.low <= column.mean <= column.high and column.spread > 0 for column in problem.numbers)
        assert any(column.weight for column in problem.numbers)
    else:
        assert len(problem.labels) == 3


@pytest.mark.parametrize(
    ("patterns", "task", "uses_model"),
    [
        ({"serve-llm-bedrock", "rag-pipeline"}, "answer", False),
        ({"serve-llm-bedrock"}, "generate", False),
        ({"serve-llm-bedrock", "train-cpu-job"}, "generate", True),
        (set(), "none", True),
    ],
)
def test_the_patterns_of_a_plan_decide_what_an_assistant_does(patterns, task, uses_model):
    problem = problem_for({"use_case_type": "llm_chat_rag"}, frozenset(patterns))

    assert (problem.llm_task, problem.uses_model) == (task, uses_model)
    assert f"task:{task}" in problem.tags
    assert ("uses-model" in problem.tags) is uses_model


def test_documents_are_extracted_and_other_use_cases_become_assistants_beside_a_language_model():
    patterns = frozenset({"serve-llm-bedrock"})

    documents = problem_for({"use_case_type": "document_processing"}, patterns)
    churn = problem_for({"use_case_type": "churn_propensity"}, patterns)

    assert documents.llm_task == "extract"
    assert (churn.package, churn.llm_task) == ("assistant", "generate")


def test_tags_tell_kind_family_and_learner():
    problem = problem_for({"use_case_type": "image_classification"}, NO_PATTERNS)

    assert problem.tags == {"problem:image", "family:image", "learner:softmax", "task:none", "uses-model"}
    assert {item.learner for item in all_problems()} == {"logistic", "ridge", "distance", "softmax"}


@pytest.mark.parametrize(
    ("request_text", "patterns", "learner"),
    [
        ("Gradient-boosted trees, our actuary insists.", {"train-cpu-job"}, "boosted"),
        ("score them with XGBoost", {"train-cpu-job"}, "boosted"),
        ("no boosted trees, please", {"train-cpu-job"}, "logistic"),
        ("a logistic regression scorecard, though some like LightGBM", {"train-cpu-job"}, "logistic"),
        ("score the loans", {"train-cpu-job"}, "logistic"),
        ("boosted trees", {"train-gpu-job"}, "logistic"),
    ],
)
def test_the_model_that_was_asked_for_is_the_one_that_is_trained(request_text, patterns, learner):
    problem = problem_for({"use_case_type": "credit_risk"}, frozenset(patterns), request=request_text)

    assert problem.learner == learner
    assert f"learner:{learner}" in problem.tags
