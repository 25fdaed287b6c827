"""What people do with builds: approve, compare, trace, repeat as of a moment, rebuild."""
