"""The edge: HTTP in front of the schema. It knows requests and responses, never a rule or SQL."""
