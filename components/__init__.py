"""Pulumi components, one per file. They take object types as arguments and import no mapping."""
