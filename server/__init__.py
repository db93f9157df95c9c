"""The platform: domain rules, the one write path, storage, consoles and commands."""
