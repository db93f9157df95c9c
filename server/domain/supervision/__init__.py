"""What people are told and what they must decide: notices and conflicts."""
