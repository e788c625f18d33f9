"""What an operator sees of a process: metrics, traces, and which operations cost what."""
