"""Jobs: what runs them, and one file an area of tasks that call use cases."""
