from django.urls import path

from dingfen.web.work.lists import Work

urlpatterns = [path("", Work.as_view(), name="work")]
