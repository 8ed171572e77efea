"""A FastAPI app around sentence-transformers, as the documentation of both has it: a model, a route, threads."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer

app = FastAPI()
model = SentenceTransformer(sys.argv[2], device="cpu", local_files_only=True)


class Asked(BaseModel):
    input: str


@app.post("/v1/embeddings")
def embeddings(asked: Asked) -> dict[str, list[dict[str, list[float]]]]:
    return {"data": [{"embedding": model.encode(asked.input, normalize_embeddings=True).tolist()}]}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
