"""How fast packets are made, beside what others need for the same visible work (see README.md in this folder)."""
