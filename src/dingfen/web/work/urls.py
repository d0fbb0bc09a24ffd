from django.urls import path

from dingfen.web.work.back import back
from dingfen.web.work.lists import Work

urlpatterns = [path("", Work.as_view(), name="work"), path("my-work/wake/", back, name="work_wake")]
