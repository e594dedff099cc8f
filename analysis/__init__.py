"""Text and numbers: moods, queries, spikes, incidents, stages, concerns. No database, no network, no clock."""
