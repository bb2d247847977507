"""Walks through a running service by its public doors, as the people it serves (`bin/walk`)."""
