"""Records and the questions asked of them; intake is the one door in."""
