"""Readers of pages: bytes in, records out; no network and no Scrapy."""
