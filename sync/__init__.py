"""The offline exchange engine: it knows records, fields and changes, never residents or cases."""
