"""Addresses of the register."""

from django.urls import URLPattern, URLResolver, path, register_converter

from dingfen.web import subjects
from dingfen.web.register import borrowings, entries, pages, shown, verifying
from dingfen.web.register.converters import DayConverter

register_converter(DayConverter, "day")
subjects.shows("page", shown.pages)
subjects.shows("borrowing", shown.borrowings)

urlpatterns: list[URLPattern | URLResolver] = [
    path("register/", pages.PageList.as_view(), name="register"),
    path("register/find/", entries.find, name="register_find"),
    path("register/borrowings/", borrowings.BorrowingList.as_view(), name="register_borrowings"),
    path("register/borrowings/<uuid:uid>/answer/", borrowings.answer, name="register_answer"),
    path("register/borrowings/<uuid:uid>/end/", borrowings.end, name="register_give_back"),
    path("register/checkpoints/", verifying.CheckpointList.as_view(), name="register_checkpoints"),
    path("register/checkpoints/<int:size>/", verifying.note, name="register_checkpoint"),
    path("register/verify/", verifying.verify_all, name="register_verify"),
    path("register/export/", verifying.export, name="register_export"),
    path("register/entries/<str:name>/", entries.entry, name="register_entry"),
    path("register/entries/<str:name>/verify/", entries.verify_entry, name="register_entry_verify"),
    path("register/entries/<str:name>/proof/", entries.proof, name="register_proof"),
    path("register/<str:code>/<day:day>/", pages.EntryList.as_view(), name="register_page"),
    path("register/<str:code>/<day:day>/close/", pages.close, name="register_close"),
    path("register/<str:code>/<day:day>/borrow/", borrowings.ask, name="register_borrow"),
]
