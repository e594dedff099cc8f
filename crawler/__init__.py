"""Fetching: spiders, politeness, extraction, and what each visit of a source came to."""
