"""The small world on either engine, as for the actions."""

from tests.server.actions.conftest import either

__all__ = ["either"]
