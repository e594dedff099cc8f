"""The crisis room in the browser, the public newsroom and its feeds."""
