"""Who complains and who speaks for them, as operations take it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dingfen.api.frame import In
from dingfen.api.ownership_schemas import Short


class ComplainantIn(In):
    """Who complains, as told; every field may be empty. `identity`: what paper shows who they are, with its number."""

    name: Annotated[str, Field(max_length=80)] = ""
    kind: Literal["person", "company"] = "person"
    phone: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[str, Field(max_length=200)] = ""
    wechat: Annotated[str, Field(max_length=80)] = ""
    address: Short = ""
    employer: Short = ""
    credit_code: Annotated[str, Field(max_length=40)] = ""
    legal_representative: Annotated[str, Field(max_length=80)] = ""
    identity: Annotated[str, Field(max_length=80)] = ""


class RepresentativeIn(In):
    """Who speaks for the complainant. `proof`: what shows that they may."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    basis: Literal["proxy", "heir", "guardian", "lawyer", "speaker"] = "proxy"
    phone: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[str, Field(max_length=200)] = ""
    proof: Short = ""
