"""Reads every file of some kinds below the working directory and writes what it read as JSON.

Runs inside the sandbox, as a script: the files may be hostile, and so may what a parser makes of them.
"""

import json
import platform
import re
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

_TEXT_KINDS = {
    ".py": "python", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml", ".cff": "yaml",
}  # fmt: skip
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_BLOCK = re.compile(r'([A-Za-z_]+)((?:\s+"[^"]*")*)\s*\{')
_VALUE = re.compile(r"([A-Za-z_]\w*)\s*=")
_LABEL = re.compile(r'"([^"]*)"')
_HCL_SUFFIXES = (".tf", ".tfvars", ".hcl")
# Where rules speak of places inside a file, the lines of these are told.
_PLACED = re.compile(r"\.github/workflows/.+\.ya?ml|\.gitlab-ci\.yml")
_AT_LINE = re.compile(r"\(at (?:line (\d+)|end of document)")


def main() -> None:
    """Read the kind named by the first argument into the file named by the second."""
    kind, output = sys.argv[1], Path(sys.argv[2])
    sys.setrecursionlimit(3000)
    warnings.simplefilter("ignore")
    found = _read_hcl() if kind == "hcl" else _read_text()
    output.write_text(json.dumps(found, sort_keys=True, default=str), encoding="utf-8")


def _read_text() -> dict[str, Any]:
    documents: dict[str, Any] = {}
    lines: dict[str, dict[str, int]] = {}
    problems: list[dict[str, Any]] = []
    readers: dict[str, Callable[[str], Any]] = {
        "python": _compile,
        "yaml": _yaml,
        "json": json.loads,
        "toml": tomllib.loads,
    }
    for path, text in _files(lambda name: Path(name).suffix in _TEXT_KINDS, problems):
        kind = _TEXT_KINDS[Path(path).suffix]
        try:
            document = readers[kind](text)
            if _PLACED.fullmatch(path):
                lines[path] = _lines(text)
        except (ValueError, SyntaxError, RecursionError, yaml.YAMLError) as error:
            problems.append(_problem(path, text, error, kind=kind))
            continue
        if kind != "python":
            documents[path] = document
    versions = {"python": platform.python_version(), "yaml": _version("pyyaml")}
    return {"documents": documents, "blocks": [], "lines": lines, "problems": problems, "versions": versions}


def _read_hcl() -> dict[str, Any]:
    import hcl2
    from lark.exceptions import LarkError

    blocks: list[dict[str, Any]] = []
    documents: dict[str, Any] = {}
    problems: list[dict[str, Any]] = []
    options = hcl2.SerializationOptions(with_comments=False)
    for path, text in _files(lambda name: name.endswith(_HCL_SUFFIXES), problems):
        try:
            document = hcl2.loads(text if text.endswith("\n") else text + "\n", serialization_options=options)
        except (LarkError, ValueError, RecursionError, TypeError, KeyError) as error:
            problems.append(_problem(path, text, error, kind="hcl"))
            continue
        documents[path] = sorted(str(key) for key in document)
        blocks += _blocks(path, document, _starting_lines(text))
    return {
        "documents": documents,
        "blocks": blocks,
        "lines": {},
        "problems": problems,
        "versions": {"hcl": _version("python-hcl2")},
    }


def _files(is_wanted: Callable[[str], bool], problems: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for path in sorted(Path().rglob("*")):
        name = path.as_posix()
        if not path.is_file() or path.is_symlink() or not is_wanted(name):
            continue
        try:
            yield name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            kind = _TEXT_KINDS.get(path.suffix, "hcl")
            line = error.object.count(b"\n", 0, error.start) + 1
            problems.append({"file": name, "line": line, "kind": kind, "rule": "not-utf8", "message": str(error)})


def _compile(text: str) -> None:
    compile(text, "<file>", "exec", dont_inherit=True)


def _yaml(text: str) -> Any:
    documents = list(yaml.load_all(text, Loader=_LOADER))
    return _plain_keys(documents[0] if len(documents) == 1 else documents)


def _plain_keys(value: Any) -> Any:
    """Make every key a text; YAML 1.1 reads the key `on` as true."""
    if isinstance(value, dict):
        return {("on" if key is True else str(key)): _plain_keys(inner) for key, inner in value.items()}
    return [_plain_keys(inner) for inner in value] if isinstance(value, list) else value


def _lines(text: str) -> dict[str, int]:
    """Where each value of a YAML document begins, by the keys and numbers that lead to it."""
    found: dict[str, int] = {}
    told: set[int] = set()
    waiting = [("", yaml.compose(text, Loader=_LOADER))]
    while waiting:
        place, node = waiting.pop()
        if id(node) in told:
            continue  # An alias, which may lead to itself.
        told.add(id(node))
        if isinstance(node, yaml.MappingNode):
            inner = [(key.value if isinstance(key, yaml.ScalarNode) else "", key, value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            inner = [(str(number), value, value) for number, value in enumerate(node.value)]
        else:
            continue
        for name, mark, value in inner:
            found[f"{place}/{name}"] = mark.start_mark.line + 1
            waiting.append((f"{place}/{name}", value))
    return found


def _blocks(path: str, document: dict[str, Any], lines: dict[str, list[int]]) -> Iterator[dict[str, Any]]:
    for kind, entries in document.items():
        if not isinstance(entries, list):
            yield {
                "file": path,
                "line": next(iter(lines.get(f"{kind} =", [])), None),
                "kind": "attribute",
                "labels": [kind],
                "body": {"value": _plain(entries)},
            }
            continue
        for entry in entries:
            labels, body = _peel(entry)
            starts = lines.get(" ".join([kind, *labels]), [])
            line = starts.pop(0) if starts else None
            yield {"file": path, "line": line, "kind": kind, "labels": labels, "body": _plain(body)}


def _starting_lines(text: str) -> dict[str, list[int]]:
    """Where the outermost blocks and values begin; the parser does not say."""
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        found = _BLOCK.match(line)
        if found:
            key = " ".join([found.group(1), *_LABEL.findall(found.group(2))])
            lines.setdefault(key, []).append(number)
        elif value := _VALUE.match(line):
            lines.setdefault(f"{value.group(1)} =", []).append(number)
    return lines


def _peel(entry: Any) -> tuple[list[str], dict[str, Any]]:
    labels: list[str] = []
    while isinstance(entry, dict) and not entry.get("__is_block__"):
        inner = [(key, value) for key, value in entry.items() if not str(key).startswith("__")]
        if len(inner) != 1 or not isinstance(inner[0][1], dict):
            break
        labels.append(_unquoted(str(inner[0][0])))
        entry = inner[0][1]
    return labels, entry if isinstance(entry, dict) else {}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_unquoted(str(k)): _plain(v) for k, v in value.items() if k != "__is_block__"}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return _unquoted(value) if isinstance(value, str) else value


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) >= 2 and text[0] == '"' and text[-1] == '"' else text


def _problem(path: str, text: str, error: Exception, *, kind: str) -> dict[str, Any]:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else getattr(error, "lineno", None) or getattr(error, "line", None)
    message = " ".join(str(error).split())[:400] or type(error).__name__
    if line is None and (told := _AT_LINE.search(message)):
        line = int(told.group(1)) if told.group(1) else len(text.splitlines())
    return {"file": path, "line": line, "kind": kind, "rule": f"{kind}-syntax", "message": message}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    main()
