"""The audit log as values: lines, Merkle roots, signed manifests, and what betrays tampering."""
