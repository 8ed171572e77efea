"""A package, so that `tests` is this one: TransNetV2's reference package installs another of that name."""
