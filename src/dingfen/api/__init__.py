"""The API: v1 under /api/v1/, its document, health and figures. Thin routers over actions and queries."""
