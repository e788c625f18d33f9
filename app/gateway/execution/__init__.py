"""Running documents: parsing and validation, kept, and the standard executor."""
