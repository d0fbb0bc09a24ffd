from tests.ownership.conftest import dealer, media

__all__ = ["dealer", "media"]
