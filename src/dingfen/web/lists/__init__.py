"""Lists: declare columns, filters, views and bulk actions over a queryset; the rest is done here.

    class Customers(ListPage[Customer]):
        key = "customers"
        title = _("Customers")
        columns = (Column("name", _("Name"), value="masked_name"), …)
        filters = (Choice("grade", _("Grade"), "grade", Customer.Grade.choices), …)
        default_sort = "-last_touch"
        row_template = "web/customers/row.html"

        def queryset(self) -> QuerySet[Customer]:
            return Customer.objects.visible_to(self.actor).select_related("unit")

    urlpatterns = [path("customers/", Customers.as_view(), name="customers")]

The row template writes the cells after the tick box, one `<td>` for each column in `shown`:
`{% if shown.name %}<td class="main"><a class="ttl ell" href="…">{{ row.masked_name }}</a></td>{% endif %}`.
"""

from dingfen.web.lists.filters import Choice, Custom, Dates, Filter, Flag, Options, TextFilter
from dingfen.web.lists.page import ListPage
from dingfen.web.lists.paging import Column
from dingfen.web.lists.pieces import BulkAction, Empty, View

__all__ = [
    "BulkAction",
    "Choice",
    "Column",
    "Custom",
    "Dates",
    "Empty",
    "Filter",
    "Flag",
    "ListPage",
    "Options",
    "TextFilter",
    "View",
]
