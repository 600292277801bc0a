"""The whole platform in one foreground process group: kept alive and ended together."""

from decisionworks.cli.supervisor.address import ServerAddress, read_address
from decisionworks.cli.supervisor.embedded import embedded_platform
from decisionworks.cli.supervisor.errors import PlatformFailed, PortTaken
from decisionworks.cli.supervisor.platform import Platform, PlatformOptions

__all__ = [
    "Platform",
    "PlatformFailed",
    "PlatformOptions",
    "PortTaken",
    "ServerAddress",
    "embedded_platform",
    "read_address",
]
