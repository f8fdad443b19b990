"""Lesson 7.5: serving inference, and waiting for it."""
