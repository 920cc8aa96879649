"""What a study defines, read from its folder; no Django, no input or output but that folder."""
