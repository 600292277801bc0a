"""What a repository takes from outside, as a CycloneDX bill of materials: packages, images, actions and providers."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from decisionworks.graphs.codegen.render.python_parts import Package, Requirements, closure, packages_document

SBOM_PATH = "sbom.cdx.json"
_FROM = re.compile(r"^FROM (?P<name>[\w./-]+):(?P<version>[\w.-]+)", re.MULTILINE)
_ACTION = re.compile(r"uses: (?P<name>[\w.-]+/[\w.-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v\S+)")
_PROVIDER = re.compile(r'source\s+= "(?P<name>hashicorp/\w+)"\s+version = "(?P<version>[^"]+)"')
_PYTHON_IMAGE = "PSF-2.0"
_PROVIDER_LICENCE = "MPL-2.0"
# The connectors of Flink, the clients of Kafka and AWS's login for them.
JARS = "/connectors.json"
_JAR_LICENCE = "Apache-2.0"


def bill_of_materials(name: str, requirements: Requirements, texts: Mapping[str, str]) -> str:
    """Write the bill for a repository of some name; it has no time and no serial number, so that it stays the same."""
    runtime = closure((*requirements.runtime, *requirements.deploy, *requirements.gpu))
    installed = closure((*requirements.runtime, *requirements.deploy, *requirements.gpu, *requirements.dev))
    libraries = [
        _component("library", package.name, package.version, _reference(package),
                   package.licence, is_required=package.name in runtime)
        for package in installed.values()
    ]  # fmt: skip
    components = [*libraries, *_outside(texts)]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": name, "name": name, "version": "0.1.0"}},
        "components": sorted(components, key=lambda one: str(one["bom-ref"])),
        "dependencies": [
            {"ref": name, "dependsOn": sorted(_reference(installed[one]) for one in _direct(requirements))},
            *(
                {"ref": _reference(one), "dependsOn": sorted({_reference(installed[need]) for need in one.needs})}
                for one in sorted(installed.values(), key=lambda package: package.name)
            ),
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _direct(requirements: Requirements) -> set[str]:
    lines = (*requirements.runtime, *requirements.deploy, *requirements.gpu, *requirements.dev)
    return {re.split(r"[\[<>=!~ ;]", line, maxsplit=1)[0].lower() for line in lines}


def _outside(texts: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """What Dockerfiles, workflows and Terraform files name."""
    licences = packages_document()["actions"]
    found: dict[str, dict[str, Any]] = {}
    for path, text in texts.items():
        if "/Dockerfile" in path:
            for match in _FROM.finditer(text):
                purl = f"pkg:docker/{match['name']}@{match['version']}"
                found[purl] = _component("container", match["name"], match["version"], purl, _PYTHON_IMAGE)
        for match in _ACTION.finditer(text):
            purl = f"pkg:github/{match['name']}@{match['commit']}"
            found[purl] = _component(
                "library", match["name"], match["version"], purl, licences[match["name"]], is_required=False
            )
        if path.endswith(JARS):
            for jar in json.loads(text)["jars"]:
                purl = f"pkg:maven/{jar['group']}/{jar['artifact']}@{jar['version']}"
                found[purl] = _component("library", jar["artifact"], jar["version"], purl, _JAR_LICENCE)
        if path.endswith(".tf"):
            for match in _PROVIDER.finditer(text):
                purl = f"pkg:terraform/{match['name']}"
                found[purl] = _component("library", match["name"], match["version"], purl, _PROVIDER_LICENCE)
    return found.values()


def _component(
    kind: str, name: str, version: str, purl: str, licence: str, *, is_required: bool = True
) -> dict[str, Any]:
    return {
        "type": kind,
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "scope": "required" if is_required else "optional",
        "licenses": [{"expression": licence}],
    }


def _reference(package: Package) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"
