"""What to do about a finding whose tool only says what is wrong."""

from __future__ import annotations

from dataclasses import replace

from decisionworks.graphs.codegen.validate.model import Finding, Verdict

_BY_RULE = {
    "unreadable-result": "run the check again; if its answer stays unreadable, install the version that is locked here",
    "left-out": "mend those that are shown first",
    "not-utf8": "write the file as UTF-8",
    "checkov-unreadable": "correct the file until its own tools can read it",
}
_BY_CHECK = {
    "python-syntax": "correct the line; nothing can judge a file that cannot be read",
    "yaml-syntax": "correct the line; nothing can judge a file that cannot be read",
    "json-syntax": "correct the line; nothing can judge a file that cannot be read",
    "toml-syntax": "correct the line; nothing can judge a file that cannot be read",
    "hcl-syntax": "correct the line; nothing can judge a file that cannot be read",
    "yamllint": "write the line as the rule asks (yamllint.readthedocs.io/en/stable/rules.html)",
    "ruff": "correct the line, or run ruff check --fix",
    "mypy": "make the types agree, or say in the code why they do",
    "terraform-fmt": "run terraform fmt -recursive",
    "terraform-validate": "correct the block; terraform validate in the same directory says the same",
    "terraform-plan": "correct the value for this environment; terraform plan says the same",
    "terraform-test": "correct the module, or the assertion if it asks for the wrong thing",
    "workflow-schema": "write the value as GitHub's workflow syntax asks",
    "gitlab-schema": "write the value as GitLab's CI/CD YAML syntax asks",
    "zizmor": "change the step as the audit says (docs.zizmor.sh/audits)",
    "kubernetes": "write the field as the schema of this kind and version asks",
    "hadolint": "change the instruction as the rule says (github.com/hadolint/hadolint/wiki)",
    "checkov": "change the resource as the rule asks, or write down why it stays",
    "trivy": "change the line as the rule asks",
    "tfsec": "change the line as the rule asks",
    "gitleaks": "take the secret out of the file; if it was real, revoke it",
    "generated-tests": "mend the code that the test covers, or the test if it asks for the wrong thing",
}
_ELSE = "look at the output in the validation run; the check itself did not end well"


def explained(check_id: str, verdict: Verdict) -> Verdict:
    """The verdict with a remedy at each of its findings."""
    findings = tuple(
        finding if finding.remedy else replace(finding, remedy=_remedy(check_id, finding))
        for finding in verdict.findings
    )
    return replace(verdict, findings=findings)


def _remedy(check_id: str, finding: Finding) -> str:
    if finding.rule in _BY_RULE:
        return _BY_RULE[finding.rule]
    return _BY_CHECK.get(check_id, _ELSE) if finding.file else _ELSE
