"""Lesson 7.2: which node does which task."""
