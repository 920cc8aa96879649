"""Plain-language overviews of studies: written, built or generated, checked by two people, shown with where they come from."""
