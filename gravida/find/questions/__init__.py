"""What people ask before they take part: eight questions on each study, and questions by kind of study."""
