"""Where cloud regions lie. By list: London and Zurich carry the eu- prefix and are not in the European Union."""

from __future__ import annotations

from collections.abc import Iterable

COUNTRY_OF_REGION = {
    "us-east-1": "us", "us-east-2": "us", "us-west-1": "us", "us-west-2": "us", "us-gov-west-1": "us",
    "us-gov-east-1": "us", "eu-west-1": "ie", "eu-west-3": "fr", "eu-central-1": "de", "eu-north-1": "se",
    "eu-south-1": "it", "eu-south-2": "es", "eusc-de-east-1": "de", "eu-west-2": "uk",
    "eu-central-2": "ch", "ca-central-1": "ca", "ca-west-1": "ca",
    "sa-east-1": "br", "ap-northeast-1": "jp", "ap-northeast-3": "jp", "ap-northeast-2": "kr", "ap-southeast-1": "sg",
    "ap-southeast-2": "au", "ap-southeast-4": "au", "ap-south-1": "in", "ap-south-2": "in", "mx-central-1": "mx",
    "af-south-1": "za",
}  # fmt: skip
# Regions of Azure and Google, for requests that promise a place and name one of them.
_ELSEWHERE = {
    "westeurope": "nl", "northeurope": "ie", "eastus": "us", "eastus2": "us", "westus": "us", "westus2": "us",
    "westus3": "us", "centralus": "us", "uksouth": "uk", "ukwest": "uk", "francecentral": "fr",
    "germanywestcentral": "de", "swedencentral": "se", "switzerlandnorth": "ch", "japaneast": "jp",
    "brazilsouth": "br", "australiaeast": "au", "southeastasia": "sg", "centralindia": "in", "europe-west1": "be",
    "europe-west2": "uk", "europe-west3": "de", "europe-west4": "nl", "europe-west6": "ch", "europe-west9": "fr",
    "europe-north1": "fi", "us-central1": "us", "us-east1": "us", "us-east4": "us", "us-west1": "us",
    "asia-northeast1": "jp", "asia-southeast1": "sg", "asia-south1": "in", "southamerica-east1": "br",
    "australia-southeast1": "au",
}  # fmt: skip
EU_COUNTRIES = ("ie", "fr", "de", "se", "it", "es", "nl", "be", "fi")
# The region to plan in when a jurisdiction was named and no region.
HOME_REGION_OF_RESIDENCY = {"eu": "eu-west-1", "uk": "eu-west-2", "us": "us-east-1"}


def is_in_eu(region: str) -> bool:
    """Whether a region lies in the European Union; an unlisted one does not."""
    return _country(region) in EU_COUNTRIES


def is_outside(regions: Iterable[str], *, residency: object, home: str) -> bool:
    """Whether some region lies outside the stated jurisdiction; an unlisted region does."""
    allowed = _allowed_countries(residency, home=home)
    return allowed is not None and any(_country(region) not in allowed for region in regions)


def pair_of(home: str, *, residency: object) -> str | None:
    """A second region beside a home, inside the jurisdiction where one was named; None when there is none."""
    country = COUNTRY_OF_REGION.get(home)
    allowed = _allowed_countries(residency, home=home)
    continent = home.split("-", 1)[0]
    near = [region for region in COUNTRY_OF_REGION if region != home and region.split("-", 1)[0] == continent]
    inside = [region for region in near if "gov" not in region and region.split("-", 1)[0] != "eusc"]
    if allowed is not None:
        inside = [region for region in inside if COUNTRY_OF_REGION[region] in allowed]
    same_country = [region for region in inside if COUNTRY_OF_REGION[region] == country]
    return next(iter([*same_country, *inside]), None)


def _country(region: str) -> str | None:
    return COUNTRY_OF_REGION.get(region) or _ELSEWHERE.get(region)


def _allowed_countries(residency: object, *, home: str) -> tuple[str | None, ...] | None:
    table: dict[object, tuple[str | None, ...]] = {
        "eu": EU_COUNTRIES,
        "us": ("us",),
        "uk": ("uk",),
        "country": (_country(home) or "?",),
    }
    return table.get(residency) if isinstance(residency, str) else None
