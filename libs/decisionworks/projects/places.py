"""Cloud regions, and the region nearest to a city or a country."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import resources
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict

# Names from here on are in scripts that write words together.
WIDE = "\u3000"


class _Homeless(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    near: str
    names: list[str]


class _PlacesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    aws_regions: list[str]
    other_regions: list[str]
    named_regions: dict[str, list[str]]
    cities: dict[str, list[str]]
    countries: dict[str, list[str]]
    without_region: dict[str, _Homeless]
    unions: dict[str, list[str]]
    jurisdictions: dict[str, list[str]]


def _load() -> _PlacesFile:
    raw = resources.files("decisionworks.projects").joinpath("places.yaml").read_text(encoding="utf-8")
    return _PlacesFile.model_validate(yaml.safe_load(raw))


def _by_name(groups: Mapping[str, list[str]]) -> Mapping[str, str]:
    return MappingProxyType({name: region for region, names in groups.items() for name in names})


_PLACES = _load()
AWS_REGIONS: tuple[str, ...] = tuple(_PLACES.aws_regions)
KNOWN_REGIONS: tuple[str, ...] = (*_PLACES.aws_regions, *_PLACES.other_regions)
REGION_OF_CITY: Mapping[str, str] = _by_name(_PLACES.cities)
REGION_OF_NAME: Mapping[str, str] = _by_name(_PLACES.named_regions)
COUNTRY_WITHOUT_REGION: Mapping[str, str] = MappingProxyType(
    {name: code for code, one in _PLACES.without_region.items() for name in one.names}
)
REGION_OF_COUNTRY: Mapping[str, str] = MappingProxyType(
    {
        **_by_name(_PLACES.countries),
        **{name: one.near for one in _PLACES.without_region.values() for name in one.names},
    }
)
REGION_OF_UNION: Mapping[str, str] = _by_name(_PLACES.unions)
REGIONS_OF_JURISDICTION: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: tuple(regions) for name, regions in _PLACES.jurisdictions.items()}
)


def region_of_place(name: str) -> str | None:
    """The region nearest to a city or country, or None when the place is not known."""
    folded = name.strip().lower()
    for names in (REGION_OF_NAME, REGION_OF_CITY, REGION_OF_COUNTRY, REGION_OF_UNION):
        if region := names.get(folded) or names.get(f"the {folded}"):
            return region
    return None


def country_without_region(text: str) -> str | None:
    """The first country that a text names and in which AWS has no region; None where it names none."""
    found = _WITHOUT_REGION.search(text.lower())
    return found.group() if found else None


def country_with_region(text: str) -> str | None:
    """The home region of the first country that a text names and in which AWS has one; None where it names none."""
    found = _WITH_REGION.search(text.lower())
    return REGION_OF_COUNTRY[found.group()] if found else None


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Whole words, and names in scripts without blanks wherever they stand."""
    longest = sorted(names, key=lambda name: (-len(name), name))
    latin = "|".join(re.escape(name) for name in longest if max(name) < WIDE)
    wide = "|".join(re.escape(name) for name in longest if max(name) >= WIDE)
    return re.compile(rf"(?<![a-zà-ÿ])(?:{latin})(?![a-zà-ÿ])" + (f"|{wide}" if wide else ""))


# Spain's region is not planned in by default, so that a promise to stay in Spain tells no home region.
_ELSEWHERE_BY_DEFAULT = frozenset({"spain", "españa", "spanien", "espagne", "espanha", "スペイン"})
_WITH_REGION = _any_of({*REGION_OF_COUNTRY} - {*COUNTRY_WITHOUT_REGION} - _ELSEWHERE_BY_DEFAULT)
_WITHOUT_REGION = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, COUNTRY_WITHOUT_REGION), key=lambda name: (-len(name), name)))})(?!\w)"
)
