"""An application: its life, its materials, the consent behind it, its numbers, and the log of service
given.
"""
