"""Documents that people write (YAML or JSON) to domain values and back, strictly."""
