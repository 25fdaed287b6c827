"""A file becomes staged rows, and its answer goes back to whoever sent it."""
