"""Up to three studies side by side, chosen in the address alone."""
