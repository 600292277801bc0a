"""Where the words of each group stand in a text, looked up once for each part of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from decisionworks.projects.extract.reading import Reading
from decisionworks.projects.extract.word_groups import Place, group_pattern, groups_left

# In a long text the first mentions count.
MOST_MENTIONS = 24


@dataclass(frozen=True, slots=True)
class Heard:
    """The text with what was found of each group in each part of it."""

    reading: Reading
    places: dict[tuple[str, Place], tuple[Place, ...]]

    def may_hear(self, groups: frozenset[str]) -> bool:
        """Whether the text may have words of every one of some groups; told at a glance."""
        return groups <= groups_left(self.reading.folded, self.reading.language)

    def all(self, group: str, part: Place) -> tuple[Place, ...]:
        """Where words of a group stand in a part, the first few of them."""
        if group not in groups_left(self.reading.folded, self.reading.language):
            return ()
        if (group, part) not in self.places:
            pattern = group_pattern(group, self.reading.language)
            found = pattern.finditer(self.reading.folded, *part) if pattern else iter(())
            self.places[group, part] = tuple(match.span() for match in islice(found, MOST_MENTIONS))
        return self.places[group, part]

    def has(self, group: str, part: Place) -> bool:
        """Whether any word of a group stands in a part."""
        return bool(self.all(group, part))

    def nearest(self, group: str, part: Place, at: int) -> Place | None:
        """The words of a group in a part that begin nearest to a place."""
        return min(self.all(group, part), key=lambda one: abs(one[0] - at), default=None)
