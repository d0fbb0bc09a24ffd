"""Every address. Pages under /, the API under /api/."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("dingfen.api.urls")),
    path("", include("dingfen.web.urls")),
]
