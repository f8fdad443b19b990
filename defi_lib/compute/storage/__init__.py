"""Lesson 7.8: storing and selling data."""
