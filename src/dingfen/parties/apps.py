from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "dingfen.parties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen.parties import queries, search

        search.register_source("customer", queries.search_customers)
