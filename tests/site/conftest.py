"""What tests of the site share with those of the engine: a real PostgreSQL."""

from tests.engine.conftest import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]
