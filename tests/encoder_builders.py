"""Encoders made on the spot: tiny, of any architecture and task; `tiny_folder(tmp_path / "m", "bert", "entities")`.

Folders are as published ones are: configuration, safetensors, `tokenizer.json`, and for embedders the modules of
SentenceTransformers. The weights are random, and none is a default: a norm or a bias left out changes the output.
Random weights tell nothing of quality. Needs the build extra.
"""

from __future__ import annotations

import importlib
import json
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

ARCHITECTURES = ("bert", "distilbert", "roberta", "xlm-roberta", "mpnet")
TASKS = ("embed", "entities", "classify", "rerank")
LABELS = {
    "entities": ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"),
    "classify": ("politics", "sport", "culture"),
    "rerank": ("LABEL_0",),
}
_PLAIN = (
    "the a of to in and on for minister prime president resigns over budget vote flood river rose town rescue "
    "workers bank rates inflation council strike rail election court storm harbour ship crew match goal film"
)
WORDS = _PLAIN.split()
_NAMES = {
    "bert": "Bert",
    "distilbert": "DistilBert",
    "roberta": "Roberta",
    "xlm-roberta": "XLMRoberta",
    "mpnet": "MPNet",
}
_HEADS = {"embed": "Model", "entities": "ForTokenClassification"}
_ANGULAR = {"roberta", "xlm-roberta", "mpnet"}
"""Those whose special tokens are <s>, </s> and <pad>, and whose positions begin after the padding's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiny:
    """What of a tiny encoder can be chosen."""

    hidden: int = 32
    layers: int = 2
    heads: int = 4
    intermediate: int = 64
    max_tokens: int = 64
    """Positions that a text can take, its special tokens included."""
    activation: str = "gelu"
    labels: Sequence[str] | None = None
    """The task's in `LABELS` where None."""
    pooling: str = "mean"
    normalised: bool = True
    modules: bool = True
    """Whether an embedder says how it pools, as SentenceTransformers do."""
    case: bool = False
    """Whether it reads capitals as token types, as ours for entities do; BERT's alone."""
    seed: int = 7


def tiny_folder(path: Path, architecture: str, task: str, **options: Any) -> Path:
    """Write a pretrained folder; `options` are those of `Tiny`. Returns `path`."""
    tiny = Tiny(**options)
    tokenizer = tiny_tokenizer(architecture)
    model = tiny_model(architecture, task, tokenizer.get_vocab_size(), tiny)
    path.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(path)
    _write_tokenizer(path, architecture, tokenizer, tiny.max_tokens)
    if task == "embed" and tiny.modules:
        _write_modules(path, tiny)
    return path


def tiny_model(architecture: str, task: str, vocabulary: int, tiny: Tiny) -> Any:
    """The reference implementation's module, in evaluation mode."""
    torch, transformers = importlib.import_module("torch"), importlib.import_module("transformers")
    transformers.logging.disable_progress_bar()
    name = _NAMES[architecture]
    config = getattr(transformers, f"{name}Config")(**_config(architecture, task, vocabulary, tiny))
    with torch.random.fork_rng():
        torch.manual_seed(tiny.seed)
        model = getattr(transformers, name + _HEADS.get(task, "ForSequenceClassification"))(config)
        with torch.no_grad():
            for parameter in model.parameters():
                around = 1.0 if bool((parameter == 1).all()) else 0.0
                parameter.copy_(around + 0.15 * torch.randn_like(parameter))
    return model.eval()


def tiny_tokenizer(architecture: str) -> Tokenizer:
    """WordPiece, byte-level BPE or Unigram, whatever the architecture's is; it knows `WORDS` and all of ASCII."""
    if architecture == "roberta":
        return _byte_level()
    if architecture == "xlm-roberta":
        return _unigram()
    return _wordpiece("<s>", "</s>", "<pad>") if architecture == "mpnet" else _wordpiece("[CLS]", "[SEP]", "[PAD]")


def _config(architecture: str, task: str, vocabulary: int, tiny: Tiny) -> dict[str, Any]:
    labels = tiny.labels or LABELS.get(task, ())
    shared: dict[str, Any] = {
        "vocab_size": vocabulary,
        "max_position_embeddings": tiny.max_tokens + (2 if architecture in _ANGULAR else 0),
        "pad_token_id": 1 if architecture in _ANGULAR else 0,
    }
    if labels:
        shared["id2label"] = dict(enumerate(labels))
        shared["label2id"] = {label: n for n, label in enumerate(labels)}
    if architecture == "distilbert":
        sizes = {"dim": tiny.hidden, "hidden_dim": tiny.intermediate, "n_layers": tiny.layers, "n_heads": tiny.heads}
        return shared | sizes | {"activation": tiny.activation}
    return shared | {
        "hidden_size": tiny.hidden,
        "intermediate_size": tiny.intermediate,
        "num_hidden_layers": tiny.layers,
        "num_attention_heads": tiny.heads,
        "hidden_act": tiny.activation,
        "layer_norm_eps": 1e-5 if architecture in _ANGULAR else 1e-12,
        **({"type_vocab_size": 1} if architecture in ("roberta", "xlm-roberta") else {}),
        **({"type_vocab_size": 8, "case_as_token_type": True} if tiny.case else {}),
    }


def _wordpiece(first: str, last: str, padding: str) -> Tokenizer:
    letters = string.ascii_lowercase + string.digits
    specials = [first, padding, last, "[UNK]"] if first == "<s>" else [padding, "[UNK]", first, last]
    pieces = [*specials, *string.punctuation, *letters, *(f"##{letter}" for letter in letters), *WORDS]
    vocabulary = {piece: n for n, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = _framed(tokenizer, first, last, typed=first == "[CLS]")
    tokenizer.add_special_tokens(specials)
    return tokenizer


def _byte_level() -> Tokenizer:
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    pieces, merges = [*specials, *sorted(pre_tokenizers.ByteLevel.alphabet())], []
    for word in WORDS:
        grown = "Ġ"
        for letter in word:
            if grown + letter not in pieces:
                merges.append((grown, letter))
                pieces.append(grown + letter)
            grown += letter
    tokenizer = Tokenizer(models.BPE({piece: n for n, piece in enumerate(pieces)}, merges, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = _framed(tokenizer, "<s>", "</s>", typed=False)
    tokenizer.add_special_tokens(specials)
    return tokenizer


def _unigram() -> Tokenizer:
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    characters = "▁" + string.ascii_letters + string.digits + string.punctuation + "äéñõü東京Я"
    pieces = [*specials, *characters, *(f"▁{word}" for word in WORDS)]
    scored = [(piece, 0.0 if piece in specials else -10.0 / len(piece)) for piece in dict.fromkeys(pieces)]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = _framed(tokenizer, "<s>", "</s>", typed=False)
    tokenizer.add_special_tokens(specials)
    return tokenizer


def _framed(tokenizer: Tokenizer, first: str, last: str, *, typed: bool) -> processors.TemplateProcessing:
    """Special tokens around a text and a pair; `typed` where the second text has a type of its own."""
    second = f"$B:1 {last}:1" if typed else f"{last} $B {last}"
    ids = [(token, tokenizer.token_to_id(token)) for token in (first, last)]
    return processors.TemplateProcessing(
        single=f"{first} $A {last}", pair=f"{first} $A {last} {second}", special_tokens=ids
    )


def _write_tokenizer(path: Path, architecture: str, tokenizer: Tokenizer, max_tokens: int) -> None:
    first, last, padding = ("<s>", "</s>", "<pad>") if architecture in _ANGULAR else ("[CLS]", "[SEP]", "[PAD]")
    unknown = "<unk>" if architecture in ("roberta", "xlm-roberta") else "[UNK]"
    tokenizer.save(str(path / "tokenizer.json"))
    names = {"cls_token": first, "sep_token": last, "pad_token": padding, "unk_token": unknown}
    inputs = ["input_ids", "token_type_ids", "attention_mask"] if architecture == "bert" else None
    _write_json(
        path / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": max_tokens,
            "model_input_names": inputs or ["input_ids", "attention_mask"],
            **names,
        },
    )


def _write_modules(path: Path, tiny: Tiny) -> None:
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), *([("2_Normalize", "Normalize")] * tiny.normalised)]
    modules = [
        {"idx": n, "name": str(n), "path": place, "type": f"sentence_transformers.models.{kind}"}
        for n, (place, kind) in enumerate(kinds)
    ]
    _write_json(path / "modules.json", modules)
    _write_json(path / "sentence_bert_config.json", {"max_seq_length": tiny.max_tokens, "do_lower_case": False})
    ways = {"cls": "pooling_mode_cls_token", "mean": "pooling_mode_mean_tokens", "max": "pooling_mode_max_tokens"}
    chosen = {key: way == tiny.pooling for way, key in ways.items()}
    _write_json(path / "1_Pooling" / "config.json", {"word_embedding_dimension": tiny.hidden, **chosen})


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
