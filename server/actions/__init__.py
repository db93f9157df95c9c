"""What the platform can do, one verb a file."""
