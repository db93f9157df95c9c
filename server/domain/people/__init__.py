"""Residents and those who serve them: ids, phones, names, what lists may show, roles and scopes."""
