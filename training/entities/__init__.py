"""The named-entity model we ship: from labelled text to an artifact with its card. See docs/design/13."""
