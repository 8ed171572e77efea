"""The real models, asked by many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from newsreel import app
from newsreel.inference import SharedEmbedder, SharedEntityModel
from newsreel.sample import texts_of_stories
from newsreel.settings import Settings


def test_an_answer_does_not_depend_on_who_asks_at_the_same_time() -> None:
    passages = [text for story in texts_of_stories()[:4] for text in story]
    texts = [passage[:length] for passage in passages for length in (20, 60, 300)]
    settings = Settings(memory_bytes=0)
    inference = app.open_inference(settings)
    embedder, entity_model = app.open_embedder(settings), app.open_entity_model(settings)
    assert entity_model is not None
    try:
        shared = SharedEmbedder(embedder, inference.embed), SharedEntityModel(inference.entities)
        with ThreadPoolExecutor(16) as callers:
            vectors = list(callers.map(lambda text: shared[0].embed([text])[0], texts))
            found = list(callers.map(lambda text: shared[1].entities([text])[0], texts))
    finally:
        inference.close()
    np.testing.assert_allclose(vectors, [embedder.embed([text])[0] for text in texts], atol=2e-6)
    for together, text in zip(found, texts, strict=True):
        (alone,) = entity_model.entities([text])
        assert [(one.start, one.end, one.label) for one in together] == [(e.start, e.end, e.label) for e in alone]
        np.testing.assert_allclose([one.score for one in together], [one.score for one in alone], atol=1e-5)
