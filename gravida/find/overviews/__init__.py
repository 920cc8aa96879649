"""Plain-language overviews of studies: three sources, two readers, and where they come from."""
