"""Analysis plans that come with the program, as plan files."""
