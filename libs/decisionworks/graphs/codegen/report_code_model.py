"""What a code model did, beside the report of the checks; a repository that nobody was asked about has no such file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from decisionworks.artifacts import REPORT_PATTERN, GeneratedFile
from decisionworks.graphs.codegen.validate import SUMMARY_PATH
from decisionworks.kit.markdown import md

CODE_MODEL_PATH = "reports/code-model.json"


def with_code_model(reports: Mapping[str, GeneratedFile], part: Mapping[str, Any] | None) -> dict[str, GeneratedFile]:
    """The reports, and what is to be said of the code model."""
    if part is None:
        return dict(reports)
    summary = reports[SUMMARY_PATH].content.decode() + _section(part)
    record = json.dumps(part, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    return {
        **reports,
        SUMMARY_PATH: GeneratedFile(content=summary.encode(), pattern=REPORT_PATTERN),
        CODE_MODEL_PATH: GeneratedFile(content=record.encode(), pattern=REPORT_PATTERN),
    }


def _section(part: Mapping[str, Any]) -> str:
    said = "Its files are used" if part["used"] else "The composed version stays"
    who = part["model"] or "none"
    lines = [
        "",
        "## Code model",
        "",
        f"**{said}** ({who}, {part['rounds']} rounds): {md(part['why'])}",
        "",
    ]
    lines += [f"- `{path}`" for path in part["files"]]
    return "\n".join(lines).rstrip() + "\n"
