"""Customers: the list, the card, touches, corrections, merge, shredding."""

from django.urls import path

from dingfen.web.customers import relating, views, writing
from dingfen.web.customers.listing import Customers, customers_shown
from dingfen.web.subjects import shows

shows("customer", customers_shown)

urlpatterns = [
    path("customers/", Customers.as_view(), name="customers"),
    path("customers/new/", writing.add, name="customer_new"),
    path("customers/<uuid:uid>/", views.card, name="customer"),
    path("customers/<uuid:uid>/edit/", writing.edit, name="customer_edit"),
    path("customers/<uuid:uid>/touches/", writing.touch, name="customer_touch"),
    path("customers/<uuid:uid>/identifiers/", writing.identifier, name="customer_identifier"),
    path(
        "customers/<uuid:uid>/identifiers/<uuid:item>/void/",
        writing.void_identifier,
        name="customer_identifier_void",
    ),
    path("customers/<uuid:uid>/reveal/<uuid:item>/", writing.reveal, name="customer_reveal"),
    path("customers/<uuid:uid>/contacts/", writing.contact, name="customer_contact"),
    path(
        "customers/<uuid:uid>/contacts/<uuid:item>/void/", writing.void_contact, name="customer_contact_void"
    ),
    path("customers/<uuid:uid>/contacts/<uuid:item>/chain/", relating.chain, name="customer_contact_chain"),
    path("customers/<uuid:uid>/contacts/<uuid:item>/left/", relating.left, name="customer_contact_left"),
    path("customers/<uuid:uid>/contacts/<uuid:item>/move/", relating.move, name="customer_contact_move"),
    path("customers/<uuid:uid>/relations/", relating.relate, name="customer_relate"),
    path(
        "customers/<uuid:uid>/relations/<uuid:item>/end/", relating.end_relation, name="customer_relation_end"
    ),
    path(
        "customers/<uuid:uid>/relations/<uuid:item>/void/",
        relating.void_relation,
        name="customer_relation_void",
    ),
    path("customers/<uuid:uid>/merge/", writing.merge, name="customer_merge"),
    path("customers/merges/<uuid:uid>/undo/", writing.undo_merge, name="customer_merge_undo"),
    path("customers/<uuid:uid>/erase/", writing.erase, name="customer_erase"),
    path("touches/<uuid:uid>/correct/", writing.correct, name="touch_correct"),
]
