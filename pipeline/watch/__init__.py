"""Watching over the warehouse from outside of what it does: is it well, which promises were missed, who was notified."""
