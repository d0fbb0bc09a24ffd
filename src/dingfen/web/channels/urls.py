"""Addresses of the door for other systems and of the settings of channels."""

from django.urls import URLPattern, URLResolver, path

from dingfen.web.channels import hooks, settings

urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/<uuid:uid>/", hooks.hook, name="hook"),
    path("settings/channels/", settings.listed, name="channels"),
    path("settings/channels/add/<slug:channel>/", settings.add, name="channel_add"),
    path("settings/channels/<uuid:uid>/", settings.change, name="channel"),
    path("settings/channels/<uuid:uid>/test/", settings.test, name="channel_test"),
    path("settings/channels/<uuid:uid>/switch/", settings.switch, name="channel_switch"),
    path("settings/channels/<uuid:uid>/again/", settings.again, name="channel_again"),
]
