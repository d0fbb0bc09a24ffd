"""Addresses of papers; who knows the rows makes them."""

from django.urls import path, register_converter

from dingfen.papers.offered import TYPES, offers
from dingfen.web.complaints import letters
from dingfen.web.disputes import paper as of_dispute
from dingfen.web.papers import views
from dingfen.web.policies import paper as of_policy
from dingfen.web.register import paper as of_register

offers("ruling", of_dispute.make)
offers("rule_book", of_policy.make)
offers("register_page", of_register.make)


class FormConverter:
    """pdf or docx."""

    regex = "|".join(TYPES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormConverter, "form")

urlpatterns = [
    path("complaints/letters/<uuid:uid>/", letters.paper, name="letter"),
    path("complaints/letters/<uuid:uid>/paper.<form:form>", letters.file, name="letter_file"),
    path("papers/check/", views.check, name="paper_check"),
    path("disputes/<uuid:uid>/paper/", views.ruling, name="ruling_paper"),
    path("disputes/<uuid:uid>/paper.<form:form>", views.ruling_file, name="ruling_file"),
    path("policies/<uuid:uid>/paper/", views.rule_book, name="rule_book_paper"),
    path("policies/<uuid:uid>/paper.<form:form>", views.rule_book_file, name="rule_book_file"),
    path("register/<str:code>/<day:day>/paper.<form:form>", views.register_file, name="register_file"),
]
