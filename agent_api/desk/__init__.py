"""What a clerk's, a reviewer's or a supervisor's computer may call: it is enrolled as every device is."""
