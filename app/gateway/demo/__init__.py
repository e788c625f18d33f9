"""What exists in demo mode only: personas, their tokens, GraphiQL, ready-made curl commands."""
