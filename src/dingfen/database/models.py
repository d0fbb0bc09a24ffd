"""What every table shares: a number inside, a UUIDv7 outside."""

import uuid

import uuid_utils.compat
from django.db import models


def new_uid() -> uuid.UUID:
    """A UUIDv7: sorts by time of creation, so its index grows at one end."""
    return uuid_utils.compat.uuid7()


class Row(models.Model):
    """`id` is for joins inside; `uid` is what the API, URLs and the register name."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=new_uid, unique=True, editable=False)

    class Meta:
        abstract = True
