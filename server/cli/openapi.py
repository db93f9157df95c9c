"""`bangban openapi`: the helpers' API as an OpenAPI 3.1 document, the one that a server gives at /v1/openapi.json."""

from __future__ import annotations

import json

from agent_api.openapi import document
from agent_api.routes import ROWS


def openapi() -> None:
    """Print the helpers' API as OpenAPI 3.1."""
    print(json.dumps(document(ROWS), ensure_ascii=False, indent=1))
