"""The demonstration: a fictional affair on a small local site, and the real system beside it."""
