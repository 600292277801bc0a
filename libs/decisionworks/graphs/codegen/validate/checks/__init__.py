"""Every check, in the order in which reports show them."""

from decisionworks.graphs.codegen.validate.checks.aws_schema import AwsSchemaCheck
from decisionworks.graphs.codegen.validate.checks.checkov import CheckovCheck
from decisionworks.graphs.codegen.validate.checks.dockerfiles import DockerfileCheck, HadolintCheck
from decisionworks.graphs.codegen.validate.checks.generated_tests import GeneratedTestsCheck
from decisionworks.graphs.codegen.validate.checks.infrastructure import InfrastructureCheck
from decisionworks.graphs.codegen.validate.checks.linters import (
    GitlabSchemaCheck,
    KubernetesCheck,
    MypyCheck,
    WorkflowSchemaCheck,
    YamllintCheck,
    ZizmorCheck,
)
from decisionworks.graphs.codegen.validate.checks.readme import ReadmeCheck
from decisionworks.graphs.codegen.validate.checks.rego import RegoCheck
from decisionworks.graphs.codegen.validate.checks.ruff import RuffCheck
from decisionworks.graphs.codegen.validate.checks.sbom import SbomCheck
from decisionworks.graphs.codegen.validate.checks.scanners import GitleaksCheck, TfsecCheck, TrivyCheck
from decisionworks.graphs.codegen.validate.checks.secrets import SecretsCheck
from decisionworks.graphs.codegen.validate.checks.syntax import SyntaxCheck
from decisionworks.graphs.codegen.validate.checks.terraform import (
    TerraformFormatCheck,
    TerraformPlanCheck,
    TerraformTestCheck,
    TerraformValidateCheck,
)
from decisionworks.graphs.codegen.validate.checks.workflows import WorkflowCheck
from decisionworks.graphs.codegen.validate.model import Check


def all_checks() -> tuple[Check, ...]:
    """The checks of a repository."""
    return (
        SyntaxCheck(id="python-syntax", kind="python", suffixes=(".py",)),
        SyntaxCheck(id="yaml-syntax", kind="yaml", suffixes=(".yaml", ".yml", ".cff")),
        SyntaxCheck(id="json-syntax", kind="json", suffixes=(".json",)),
        SyntaxCheck(id="toml-syntax", kind="toml", suffixes=(".toml",)),
        SyntaxCheck(id="hcl-syntax", kind="hcl", suffixes=(".tf", ".tfvars", ".hcl")),
        YamllintCheck(),
        RuffCheck(),
        MypyCheck(),
        SecretsCheck(),
        InfrastructureCheck(),
        RegoCheck(),
        AwsSchemaCheck(),
        TerraformFormatCheck(),
        TerraformValidateCheck(),
        TerraformPlanCheck(),
        TerraformTestCheck(),
        WorkflowCheck(),
        WorkflowSchemaCheck(),
        GitlabSchemaCheck(),
        ZizmorCheck(),
        KubernetesCheck(),
        DockerfileCheck(),
        HadolintCheck(),
        CheckovCheck(),
        TrivyCheck(),
        TfsecCheck(),
        GitleaksCheck(),
        SbomCheck(),
        ReadmeCheck(),
        GeneratedTestsCheck(),
    )


# What starts a provider, runs generated code or takes longer than all the others together.
_SLOW = frozenset({"mypy", "checkov", "terraform-validate", "terraform-plan", "terraform-test", "generated-tests"})


def fast_checks() -> tuple[Check, ...]:
    """The checks that only read, for an answer within seconds; the others are what `all_checks` adds."""
    return tuple(check for check in all_checks() if check.id not in _SLOW)


__all__ = ["all_checks", "fast_checks"]
