"""From a written rule to a draft pack: articles split, quantities and duties found, each to be confirmed.

`draft(text)` is the whole of it. Nothing here decides: a finding carries its place in the text, how sure it
is, and waits for a person (`review`).
"""

from dingfen.engine.draft.draft import Draft, draft
from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numbering import Article

__all__ = ["Article", "Draft", "Finding", "draft"]
