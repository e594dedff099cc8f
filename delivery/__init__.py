"""Sending what is due: the outbox, SMTP, and HTTP that refuses private addresses."""
