"""What is kept and how: tables, units of work, the change log, files and keys. Knows no policies."""
