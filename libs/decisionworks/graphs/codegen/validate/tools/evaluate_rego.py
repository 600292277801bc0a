"""Evaluates Rego rules over a document and prints `{version, findings}`; inside the sandbox, as a script.

Arguments: the folder of the rules, the file of the document. regopy leaves a call of a built-in that it does not have
undefined without a word, so that its rule would never fire: such rules are refused before anything is judged.
"""

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

import regopy

_CALL = re.compile(r"\b([a-z_]+(?:\.[a-z_]+)+|[a-z_]+)\(")
_DEFINED = re.compile(r"^([a-z_]+)\(", re.MULTILINE)
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|#.*')
_WORDS = frozenset({"if", "not", "in", "some", "every", "contains"})


def unsupported(sources: dict[str, str]) -> list[str]:
    """Calls of what is neither defined in the rules nor known to the engine."""
    interpreter = regopy.Interpreter()
    plain = {name: _TEXT.sub("", text) for name, text in sources.items()}
    own = {name for text in plain.values() for name in _DEFINED.findall(text)} | _WORDS
    calls = {call for text in plain.values() for call in _CALL.findall(text)} - own
    return sorted(call for call in calls if not interpreter.is_builtin(call))


def evaluate(sources: dict[str, str], document: object) -> list[dict[str, object]]:
    """What the rules find."""
    interpreter = regopy.Interpreter()
    for name, text in sorted(sources.items()):
        interpreter.add_module(name, text)
    interpreter.set_input(document)
    output = interpreter.query("data.decisionworks.findings")
    if not output.ok():
        raise SystemExit(f"the rules cannot be evaluated: {output}")
    found = json.loads(str(output))["expressions"][0]
    return sorted(found, key=lambda one: json.dumps(one, sort_keys=True))


def main() -> None:
    """Refuse or evaluate, and say what came of it."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(Path(sys.argv[1]).glob("*.rego"))}
    refused = unsupported(sources)
    if refused or not sources:
        raise SystemExit(f"rules call what the engine does not have: {', '.join(refused)}" if refused else "no rules")
    document = json.loads(Path(sys.argv[2]).read_bytes())
    print(json.dumps({"version": version("regopy"), "findings": evaluate(sources, document)}))


if __name__ == "__main__":
    main()
