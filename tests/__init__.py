"""Tests: claims about the package, checked."""
