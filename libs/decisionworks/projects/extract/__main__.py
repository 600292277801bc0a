"""Shows what a request says: `python -m decisionworks.projects.extract "text"`, or the text on standard input."""

from __future__ import annotations

import json
import sys

from decisionworks.projects.catalogue import load_constraint_catalogue
from decisionworks.projects.constraint_values import constraints_to_json
from decisionworks.projects.errors import InvalidRequest
from decisionworks.projects.extract import extract_constraints
from decisionworks.projects.parse_request import check_request_text


def main(arguments: list[str]) -> int:
    """Print the reading of a request as JSON; 2 when the text cannot be read."""
    try:
        text = check_request_text(" ".join(arguments) or sys.stdin.read())
    except InvalidRequest as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    found = extract_constraints(text, data=None, on_missing="ask", catalogue=load_constraint_catalogue())
    shown = {
        "language": found.language,
        "constraints": {
            name: value
            for name, value in constraints_to_json(found.constraints).items()
            if value["state"] not in ("missing", "defaulted")
        },
        "contradictions": [one.to_json() for one in found.contradictions],
        "untrusted_instructions": [one.to_json() for one in found.untrusted_instructions],
    }
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
