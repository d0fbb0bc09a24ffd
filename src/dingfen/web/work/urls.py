from django.urls import path

from dingfen.web.work import subjects  # noqa: F401 says how records are shown
from dingfen.web.work.lists import Work

urlpatterns = [path("", Work.as_view(), name="work")]
