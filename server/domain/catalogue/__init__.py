"""What can be applied for: codes, items and their versions, who may ask, and how units claim their items."""
