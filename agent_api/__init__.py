"""What a helper's device may call: one table of routes, and everything between it and the wire."""
