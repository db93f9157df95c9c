"""The `bangban` command: each command is a module of its own, loaded only when it is called."""
