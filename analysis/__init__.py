"""Text and numbers: moods, queries, spikes, incidents, concerns. No database, network or clock."""
