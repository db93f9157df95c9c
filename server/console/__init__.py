"""The pages of clerks, reviewers, supervisors, auditors and administrators. Server-rendered; actions do the work."""
