"""Addresses of the door for other systems and of the settings of channels."""

from django.urls import URLPattern, URLResolver, path

from dingfen.web.channels import hooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/<uuid:uid>/", hooks.hook, name="hook"),
]
