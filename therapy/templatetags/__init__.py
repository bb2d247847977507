"""Template filters of therapy."""
