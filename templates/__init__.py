"""Words and pages: the one catalogue of user-facing text, and Jinja2 templates as data."""
