"""The tests of a small repository, run where they can do no harm."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from decisionworks.artifacts import EXECUTABLE_MODE, GeneratedFile
from decisionworks.graphs.codegen.validate import CheckStatus, validate_repository
from decisionworks.graphs.codegen.validate.checks.generated_tests import GeneratedTestsCheck
from decisionworks.sandbox import Limits, Sandbox, SandboxLevel
from tests.integration.validate.small_repository import only, reason, status, validated


def test_a_test_file_that_cannot_be_loaded_is_named_with_the_error_behind_it(sandbox: Sandbox) -> None:
    changes = {"tests/test_score.py": "import nothing_like_it\n"}

    report = validated(sandbox, changes, checks=[GeneratedTestsCheck()])

    assert [finding.file for finding in report.findings] == ["tests/test_score.py"]
    assert "No module named 'nothing_like_it'" in report.findings[0].message


def test_tests_that_ask_for_a_database_run_beside_a_real_one(sandbox: Sandbox) -> None:
    asking = (
        "import os\n\nimport psycopg\nimport pytest\n\n"
        'URL = os.environ.get("TEST_DATABASE_URL", "")\n\n\n'
        '@pytest.mark.skipif(not URL, reason="no database")\n'
        "def test_answer() -> None:\n"
        "    with psycopg.connect(URL) as connection:\n"
        '        assert connection.execute("SELECT 40 + 2").fetchone() == (42,)\n'
    )

    report = validated(sandbox, {"tests/test_database.py": asking}, checks=[GeneratedTestsCheck()])

    is_there = sandbox.level is SandboxLevel.NAMESPACES
    expected = "2 tests passed, beside a real PostgreSQL" if is_there else "1 tests passed, 1 skipped"
    assert report.has_passed, report.findings
    assert reason(report, "generated-tests").startswith(expected)


def test_tests_that_hang_are_stopped_and_fail(sandbox: Sandbox) -> None:
    hanging = "import time\n\n\ndef test_forever() -> None:\n    time.sleep(600)\n"
    check = GeneratedTestsCheck(limits=Limits(wall_s=3))

    report = validated(sandbox, {"tests/test_score.py": hanging}, checks=[check])

    assert status(report, "generated-tests") is CheckStatus.FAILED
    assert "wall-time" in report.findings[0].message


def test_skipped_tests_do_not_count_as_tests(sandbox: Sandbox) -> None:
    only_skipped = 'import pytest\n\n\n@pytest.mark.skip(reason="no")\ndef test_half() -> None:\n    assert False\n'

    report = validated(sandbox, {"tests/test_score.py": only_skipped}, checks=[GeneratedTestsCheck()])

    assert status(report, "generated-tests") is CheckStatus.FAILED


FORGED = """\
<testsuites><testsuite name="pytest" tests="1"><testcase classname="tests.test_score" name="test_half"/></testsuite>
</testsuites>"""
WRONG = "\n\ndef test_half() -> None:\n    assert False\n"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {
                "tests/test_score.py": "import os\nfrom pathlib import Path\n\n\ndef test_half() -> None:\n"
                f"    Path('junit-report.xml').write_text({FORGED!r})\n    os._exit(0)\n"
            },
            "not every test that was collected came to its end",
        ),
        (
            {
                "tests/conftest.py": "import os\nfrom pathlib import Path\n\n"
                f"Path('junit-report.xml').write_text({FORGED!r})\nos._exit(0)\n",
                "tests/test_score.py": WRONG,
            },
            "no test ran",
        ),
        (
            {
                "tests/conftest.py": "def pytest_collection_modifyitems(items) -> None:\n    del items[1:]\n",
                "tests/test_score.py": f"def test_first() -> None:\n    assert True\n{WRONG}",
            },
            "test_half stands here and was not collected",
        ),
        (
            {
                "tests/conftest.py": "def pytest_runtest_call(item) -> None:\n    item.obj = lambda: None\n",
                "tests/test_score.py": WRONG,
            },
            "pytest_runtest_call can change which tests run",
        ),
        (
            {
                "pytest.py": f"from pathlib import Path\n\nPath('junit-report.xml').write_text({FORGED!r})\n",
                "tests/test_score.py": WRONG,
            },
            "assert False",
        ),
    ],
    ids=["a test ends the process", "a conftest ends it", "tests are dropped", "calls are replaced", "another pytest"],
)
def test_a_report_that_the_repository_writes_itself_passes_nothing(
    sandbox: Sandbox, changes: dict[str, str], said: str
) -> None:
    report = validated(sandbox, changes, checks=[GeneratedTestsCheck()])

    assert status(report, "generated-tests") is CheckStatus.FAILED
    assert any(said in finding.message for finding in report.findings), report.findings


def test_generated_code_cannot_change_what_other_checks_see(sandbox: Sandbox) -> None:
    vandal = (
        "from pathlib import Path\n\nfrom services.score import score\n\n\n"
        "def test_half() -> None:\n"
        '    Path("schema.json").write_text("{")\n'
        "    assert score(4.0) == 2.0\n"
    )

    report = validated(sandbox, {"tests/test_score.py": vandal}, checks=only("generated-tests", "json-syntax"))

    assert status(report, "generated-tests") is CheckStatus.PASSED
    assert status(report, "json-syntax") is CheckStatus.PASSED


def test_where_generated_code_may_not_run_its_tests_are_skipped_and_the_reason_named() -> None:
    report = validated(Sandbox(level=SandboxLevel.LIMITS_ONLY), checks=[GeneratedTestsCheck()])

    assert status(report, "generated-tests") is CheckStatus.SKIPPED
    assert reason(report, "generated-tests") == "generated code is not run at sandbox level limits-only"


def test_a_script_keeps_its_mode(sandbox: Sandbox) -> None:
    runs = (
        "import os\nfrom pathlib import Path\n\n\n"
        'def test_mode() -> None:\n    assert os.access(Path("run.sh"), os.X_OK)\n'
    )
    files = {
        "run.sh": GeneratedFile(content=b"#!/bin/sh\n", mode=EXECUTABLE_MODE, pattern="p"),
        "tests/test_mode.py": GeneratedFile(content=runs.encode(), pattern="p"),
    }
    with TemporaryDirectory(prefix="validate-test-") as name:
        Path(name).chmod(0o755)

        report = validate_repository(files, sandbox=sandbox, scratch_dir=Path(name), checks=[GeneratedTestsCheck()])

    assert report.has_passed, report.findings
