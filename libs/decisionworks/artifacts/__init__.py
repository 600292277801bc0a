"""Artifacts: generated files, their manifest, the deterministic zip and the store that keeps bytes by digest."""

from decisionworks.artifacts.archive import ArchiveLimits, deterministic_zip, read_archive
from decisionworks.artifacts.disk_store import DiskStore
from decisionworks.artifacts.errors import (
    ArtifactCorrupt,
    ArtifactNotFound,
    ArtifactTooLarge,
    BadArchive,
    StoreUnavailable,
    UnsafePath,
)
from decisionworks.artifacts.manifest import build_manifest, content_sha256, octal_mode
from decisionworks.artifacts.model import (
    DEFAULT_MODE,
    EXECUTABLE_MODE,
    MANIFEST_PATH,
    REPORT_PATTERN,
    REPORTS_PREFIX,
    ArchivedFile,
    ContentStore,
    GeneratedFile,
    Manifest,
    ManifestFile,
    StoredBytes,
)
from decisionworks.artifacts.open_store import open_store
from decisionworks.artifacts.paths import check_path, check_paths
from decisionworks.artifacts.places import QUARANTINE, WORK, prefix_of
from decisionworks.artifacts.verify import Verification, verify_archive, verify_bytes

__all__ = [
    "DEFAULT_MODE",
    "EXECUTABLE_MODE",
    "MANIFEST_PATH",
    "QUARANTINE",
    "REPORTS_PREFIX",
    "REPORT_PATTERN",
    "WORK",
    "ArchiveLimits",
    "ArchivedFile",
    "ArtifactCorrupt",
    "ArtifactNotFound",
    "ArtifactTooLarge",
    "BadArchive",
    "ContentStore",
    "DiskStore",
    "GeneratedFile",
    "Manifest",
    "ManifestFile",
    "StoreUnavailable",
    "StoredBytes",
    "UnsafePath",
    "Verification",
    "build_manifest",
    "check_path",
    "check_paths",
    "content_sha256",
    "deterministic_zip",
    "octal_mode",
    "open_store",
    "prefix_of",
    "read_archive",
    "verify_archive",
    "verify_bytes",
]
