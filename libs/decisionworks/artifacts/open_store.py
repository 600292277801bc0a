"""The store that the settings name: a bucket, or the data directory."""

from __future__ import annotations

from decisionworks.artifacts.disk_store import DiskStore
from decisionworks.artifacts.model import ContentStore
from decisionworks.kit.errors import FieldProblem, Invalid
from decisionworks.kit.settings import Settings, variable_of

_S3 = "s3://"


def open_store(settings: Settings) -> ContentStore:
    """The content store of this process; nothing is asked of it yet.

    Raises: Invalid, a bucket is named and boto3 is not installed.
    """
    if settings.artifacts is None:
        return DiskStore(settings.data_dir / "artifacts")
    try:
        from decisionworks.artifacts.s3_store import open_s3_store
    except ModuleNotFoundError as error:
        detail, remedy = "names a bucket, and boto3 is not installed", "install the extra `aws`"
        problem = FieldProblem(pointer=variable_of("artifacts"), detail=detail, remedy=remedy)
        raise Invalid(f"{problem.pointer}: {detail}", problems=(problem,)) from error
    return open_s3_store(
        settings.artifacts,
        endpoint_url=settings.artifacts_endpoint,
        region=settings.artifacts_region,
        kms_key_id=settings.artifacts_kms_key,
    )
