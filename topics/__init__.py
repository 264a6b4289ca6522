"""Kits: what a program asks and says, in files that a coordinator can edit."""
