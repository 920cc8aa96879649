"""Logistic models that hold back: Firth, ridge, lasso and elastic net."""
