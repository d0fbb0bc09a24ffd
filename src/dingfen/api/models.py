"""What the API itself must remember: answers given under an idempotency key."""

from __future__ import annotations

from django.db import models

from dingfen.database.models import Light


class IdempotencyKey(Light):
    """The answer to a write, kept 24 hours so that a repeated request gets it again and acts once.

    `owner` is the token or the person (`token:12`, `staff:7`); `request` the digest of method, address and
    body. Written in the transaction of the action itself.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.CharField(max_length=32)
    key = models.CharField(max_length=128)
    request = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_answer_each")]
