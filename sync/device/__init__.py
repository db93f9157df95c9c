"""A device's end: its replica, the session that keeps it level with the centre, and the shells that do the I/O."""
