"""Gravida: software for studies of recurrent pregnancy loss."""
