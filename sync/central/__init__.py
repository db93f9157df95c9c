"""The centre's pure half: what a record is, what merge must know, what it decides, what a device is then told."""
