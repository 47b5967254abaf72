"""What is released, built from one commit: packages, plugin, bill of materials, checksums, notes."""
