"""Lesson 7.4: trust without a boss."""
