"""What a request may cost: the shape of its document, its points, and how fast points come back."""
