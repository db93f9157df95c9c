"""The world outside the centre, each behind a protocol of ours: one that works by itself, and one over HTTP.

docs/adapters.md is the contract for whoever stands on the other side.
"""
