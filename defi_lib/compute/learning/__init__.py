"""Lesson 7.7: learning together."""
