"""The SQL that makes the tables, one module for each group of tables; each has `statements(engine)`, where engine is
"sqlite" or "postgres". The first migration runs them all; a released one is never edited.
"""
