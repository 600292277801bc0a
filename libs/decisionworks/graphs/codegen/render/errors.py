"""What can go wrong while rendering."""

from decisionworks.kit.errors import Broken, Invalid


class FragmentBroken(Broken):
    """A fragment of ours does not keep the fragment rules; a person has to mend it."""

    code = "fragment-broken"


class UnsafePath(Broken):
    """A rendered path leaves the repository or cannot exist on every file system."""

    code = "unsafe-path"


class UnrenderablePattern(Invalid):
    """The plan needs patterns for which there are no fragments; `patterns` names them."""

    code = "unrenderable-pattern"

    def __init__(self, patterns: tuple[str, ...]) -> None:
        super().__init__(f"No code can be generated yet for: {', '.join(patterns)}.")
        self.patterns = patterns


class UnusableRenderInput(Invalid):
    """The plan lacks something that every repository needs."""

    code = "unusable-render-input"
