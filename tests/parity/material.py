"""The shipped recordings of both real engines, read once."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from migrate.parity.answer import Answer, Candidate, Token, best_first
from migrate.parity.exchange import Exchange
from migrate.parity.protocols import read_answer
from migrate.parity.recording import Recording

FOLDER = Path(__file__).parents[2] / "fixtures" / "recordings"


@cache
def exchanges(name: str) -> tuple[Exchange, ...]:
    return tuple(Recording.open(FOLDER / f"{name}.jsonl.gz"))


@cache
def answers(name: str, run: str) -> dict[str, Answer]:
    """One pass over the prompts, by prompt."""
    return {item.id: read_answer(item) for item in exchanges(name) if item.run == run}


@cache
def _noise() -> dict[str, Any]:
    with gzip.open(FOLDER / "noise.json.gz") as file:
        data: dict[str, Any] = json.load(file)
    return data


def noise(name: str) -> dict[str, Answer]:
    """One of the twelve recordings of the same 24 prompts: self-noise, another engine, planted faults."""
    return {f"p{at:02}": _answer(item) for at, item in enumerate(_noise()["recordings"][name]["items"])}


def _answer(item: dict[str, Any]) -> Answer:
    tokens = tuple(
        Token(
            place[0][0],
            token_id,
            logprob,
            best_first([Candidate(text, value) for text, value in place]),
        )
        for token_id, logprob, place in zip(item["ids"], item["logprobs"], item["top5"], strict=True)
    )
    prompt = item["prompt_ids"]
    stopped = item["ids"][-1:] == [2] or len(item["ids"]) < 64
    return Answer(
        item["text"],
        tokens,
        "stop" if stopped else "length",
        tuple(prompt) if prompt else None,
        len(prompt) if prompt else None,
        len(item["ids"]),
    )


@cache
def sampled(engine: str) -> dict[str, list[str]]:
    """Sampled answers by prompt, 32 each."""
    found: dict[str, list[str]] = {}
    with gzip.open(FOLDER / "sampled.jsonl.gz", "rt") as lines:
        for item in map(json.loads, lines):
            if item["engine"] == engine:
                found.setdefault(item["prompt"], []).append(item["text"])
    return found


@cache
def temperatures() -> dict[str, dict[str, list[str]]]:
    """Sampled answers of vLLM by temperature and prompt, 32 each: `0.8`, `0.8-again`, `0.7`, ..."""
    found: dict[str, dict[str, list[str]]] = {}
    with gzip.open(FOLDER / "temperatures.jsonl.gz", "rt") as lines:
        for item in map(json.loads, lines):
            found.setdefault(item["temperature"], {})[item["prompt"]] = item["texts"]
    return found
