"""What an author sends to take the place of a text of theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class NewText:
    """A text in the place of another, with what becomes of its files.

    `titles` are new (title, language) of files by number; `removed` are all that are left out, None for those that
    were so far. `asks` None leaves whom it asks; `seen_revision` is the text that was there to be changed, if known.
    Of a paper, `organisations` are (name, address of the focal point), None for those it has.
    """

    body: str
    language: str
    objective_numbers: Sequence[int] = ()
    role: str = "participant"
    seen_revision: int | None = None
    attachments: Sequence = ()
    removed: Sequence | None = None
    titles: Mapping = field(default_factory=dict)
    asks: str | None = None
    title: str = ""
    mandate: str = ""
    organisations: Sequence | None = None
