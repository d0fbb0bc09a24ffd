"""Where the thing a message is about has its page."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from dingfen.outbox.models import Delivery

# kind of subject -> name of the view that shows one by its uid, or the list it stands in
PAGES = {
    "customer": "customer",
    "dispute": "dispute",
    "registration": "holding",
    "borrowing": "register_borrowings",
    "policy": "policy",
    "review": "policy_review",
    "import": "import",
}


def page_of(delivery: Delivery) -> str:
    """The address of the subject's page; empty when it has none here."""
    name = PAGES.get(delivery.subject_type)
    if name is None or delivery.subject_uid is None:
        return ""
    for arguments in ([delivery.subject_uid], []):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""
