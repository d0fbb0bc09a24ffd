from django.urls import path

from dingfen.web.finding import views

urlpatterns = [
    path("search/", views.results, name="search"),
    path("search/palette/", views.palette, name="palette"),
]
