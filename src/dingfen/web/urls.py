"""Addresses of the pages: each page group has its own `urls.py`, listed here."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
