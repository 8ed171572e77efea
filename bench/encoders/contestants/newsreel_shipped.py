"""The entity model that comes with Newsreel, opened and called as the rest of the package does."""

from __future__ import annotations

from bench.encoders.contestants._child import Given, Loaded, serve
from bench.encoders.contestants._newsreel import runtime

from newsreel.app import named_entity_model
from newsreel.models import catalogue
from newsreel.models.entities import DEFAULT
from newsreel.settings import Settings


def load(_given: Given) -> Loaded:
    settings = Settings()
    model = named_entity_model(DEFAULT, settings, lambda _step: None)  # this one, whatever the environment names
    precision = catalogue.load(settings.artifacts, DEFAULT, "entities").precision
    return Loaded(lambda texts, _batch: model.entities(texts), f"{precision}, {runtime()}")


if __name__ == "__main__":
    serve(load)
