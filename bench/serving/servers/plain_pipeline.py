"""A FastAPI app around the Hugging Face pipeline for token classification, as the documentation of both has it."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from transformers import pipeline

app = FastAPI()
find = pipeline("token-classification", sys.argv[2], tokenizer=sys.argv[2], aggregation_strategy="first", device="cpu")


class Asked(BaseModel):
    texts: list[str]


class Entity(BaseModel):
    text: str
    label: str
    start: int
    end: int
    score: float


@app.post("/v1/entities")
def entities(asked: Asked) -> dict[str, list[list[Entity]]]:
    return {"results": [[_entity(found) for found in of_one] for of_one in find(asked.texts)]}


def _entity(found: dict[str, str]) -> Entity:
    return Entity(text=found["word"], label=found["entity_group"], **{k: found[k] for k in ("start", "end", "score")})


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
