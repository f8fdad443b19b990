"""Lesson 7.6: burning, minting and flywheels."""
