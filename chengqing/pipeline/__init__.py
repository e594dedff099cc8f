"""The steps of a mention: crawl, classify, detect, send; each asks the database what is left."""
