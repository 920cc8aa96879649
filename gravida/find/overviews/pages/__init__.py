"""What visitors see of overviews: parts of the study's page, and the answer to how easy it was."""
