"""What every page shares: frame, languages, security headers, errors."""
