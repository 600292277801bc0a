"""Pin all that generated repositories install: `.venv/bin/python scripts/lock_generated.py`.

Resolves the direct dependencies of `fragments/_repository/packages.yaml` anew (`--upgrade`) or as they are pinned,
installs them into a throwaway environment to read their licences, and writes the file again; the digests of every file
that an index holds of a pinned version go to `hashes.json` beside it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

PACKAGES = Path("libs/decisionworks/graphs/codegen/fragments/_repository/packages.yaml")
HASHES = PACKAGES.with_name("hashes.json")
UV = [".venv/bin/uv", "--system-certs"]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; (.+?))?(?: \\)?$")
_HASH = re.compile(r"^ +--hash=(sha256:[0-9a-f]{64})(?: \\)?$")
_IN_A_BROWSER, _IN_NO_BROWSER = "sys_platform == 'emscripten'", "sys_platform != 'emscripten'"
# What packages say of themselves in words, as SPDX says it.
_SPOKEN = {
    "Apache Software License": "Apache-2.0", "Apache 2.0": "Apache-2.0", "Apache License 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause", "BSD": "BSD-2-Clause", "3-Clause BSD License": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause", "MIT License": "MIT",
}  # fmt: skip
_READ_LICENCES = """
import json
from importlib.metadata import distributions
found = {}
for one in distributions():
    stated = one.metadata.get_all('Classifier') or []
    classes = [c.split('::')[-1].strip() for c in stated if c.startswith('License ::')]
    said = one.metadata.get('License') or ''
    spoken = said if 0 < len(said) < 40 else ''
    expression = one.metadata.get('License-Expression') or spoken or (classes or ['unknown'])[0]
    found[one.metadata['Name'].lower().replace('_', '-')] = expression
print(json.dumps(found))
"""


def main() -> None:
    """Write the file again."""
    kept: dict[str, Any] = yaml.safe_load(PACKAGES.read_text(encoding="utf-8"))
    is_upgrade = "--upgrade" in sys.argv
    pins = {} if is_upgrade else {name: f"=={one['version']}" for name, one in kept["packages"].items()}
    asked = [name + pins.get(name, "") for name in kept["direct"]]
    with tempfile.TemporaryDirectory() as place:
        wanted = Path(place) / "wanted.in"
        wanted.write_text("\n".join(asked), encoding="utf-8")
        compiled = _uv(
            "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-header", "--generate-hashes",
            str(wanted),
        )  # fmt: skip
        (Path(place) / "locked.txt").write_text(compiled, encoding="utf-8")
        (Path(place) / "gpu.in").write_text("\n".join(kept["direct_gpu"]), encoding="utf-8")
        # Only the image for machines with GPUs installs these: its Python, beside the versions above.
        gpu = _uv(
            "pip", "compile", "--quiet", "--universal", "--python-version", "3.12", "--no-header", "--generate-hashes",
            "--constraint", f"{place}/locked.txt", f"{place}/gpu.in",
        )  # fmt: skip
        _uv("venv", "--quiet", "--python", "3.11", f"{place}/venv")
        python = f"{place}/venv/bin/python"
        _uv("pip", "install", "--quiet", "--python", python, "-r", f"{place}/locked.txt")
        said = json.loads(subprocess.run([python, "-c", _READ_LICENCES], capture_output=True, check=True).stdout)
    found = _packages(gpu, said, kept["packages"])
    kept["packages"] = found | _packages(compiled, said, kept["packages"])
    HASHES.write_text(json.dumps(_hashes(gpu) | _hashes(compiled), indent=0, sort_keys=True) + "\n", encoding="utf-8")
    head = "# Made by scripts/lock_generated.py: what generated repositories install, all of it, and its licences.\n"
    PACKAGES.write_text(head + yaml.safe_dump(kept, sort_keys=True, width=200), encoding="utf-8")


def _packages(compiled: str, licences: dict[str, str], before: dict[str, Any]) -> dict[str, Any]:
    """Each package with its version, licence, marker and what it needs, read off `# via`."""
    found: dict[str, Any] = {}
    name = ""
    for line in compiled.splitlines():
        if pin := _PIN.match(line):
            name = pin[1].lower()
            # What is too large to install for its licence says it in the file.
            nvidia = "LicenseRef-NVIDIA-Proprietary" if name.startswith(("nvidia-", "cuda-")) else "unknown"
            spoken = licences.get(name) or before.get(name, {}).get("licence", nvidia)
            found[name] = {"version": pin[2], "licence": _SPOKEN.get(spoken, spoken), "needs": []}
            if pin[3] and pin[3] != _IN_NO_BROWSER:
                found[name]["marker"] = pin[3]
        elif "#" in line and not _HASH.match(line):
            said = line.split("#", 1)[1].removeprefix(" via").strip()
            if said and not said.startswith(("-r", "-c")):
                found[name].setdefault("via", []).append(said)
    found = {name: entry for name, entry in found.items() if _IN_A_BROWSER not in entry.get("marker", "")}
    for package, entry in found.items():
        for parent in entry.pop("via", []):
            found[parent.lower()]["needs"].append(package)
    return found


def _hashes(compiled: str) -> dict[str, list[str]]:
    """The digests of each package's files, by name."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in compiled.splitlines():
        if pin := _PIN.match(line):
            name = pin[1].lower()
        elif digest := _HASH.match(line):
            found.setdefault(name, []).append(digest[1])
    return {name: sorted(digests) for name, digests in found.items()}


def _uv(*arguments: str) -> str:
    return subprocess.run([*UV, *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
