"""What both ends share: changes, clock, chain, messages, codec, errors. No I/O, no clock reading, no randomness."""
