"""Whether everything is as it was kept, and the manifests that say what was."""
