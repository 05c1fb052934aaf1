"""The Cloud Control API: creates, reads, updates and deletes resources of any type."""

from emulator.cloud_control.service import CloudControl

__all__ = ["CloudControl"]
