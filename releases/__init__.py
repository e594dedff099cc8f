"""Statements: facts, drafts, rules, approval, rendering and the wire formats."""
