"""The register of services, the facts and the council file, read once and checked at the door."""
