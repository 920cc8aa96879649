"""Words of research and medicine explained: in the texts where they stand, and on a page of their own."""
