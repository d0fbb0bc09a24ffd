"""Every address. Pages under /, the API under /api/."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("dingfen.web.accounts.signing_in")),
    path("", include("dingfen.api.urls")),
    path("", include("dingfen.web.urls")),
]

handler400 = "dingfen.web.errors.bad_request"
handler403 = "dingfen.web.errors.forbidden"
handler404 = "dingfen.web.errors.not_found"
handler500 = "dingfen.web.errors.fault"
