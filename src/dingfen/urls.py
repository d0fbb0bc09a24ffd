"""Every address. Pages under /, the API under /api/."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("dingfen.web.accounts.signing_in")),
    path("", include("dingfen.api.urls")),
    path("", include("dingfen.web.urls")),
]
