"""Recognition of TGI's images and the references that take their place."""

from __future__ import annotations

import pytest

from migrate.catalog.images import TgiImage, recognise
from migrate.catalog.vllm_images import image_for, replacement, why_no_image

PLAIN = "ghcr.io/huggingface/text-generation-inference"
AWS = "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-tgi-inference"
GOOGLE = "us-docker.pkg.dev/deeplearning-platform-release/gcr.io/huggingface-text-generation-inference"
SHA256 = "@sha256:" + "0" * 64

RECOGNISED = {
    f"{PLAIN}:3.3.5": TgiImage("cuda", "3.3.5"),
    f"{PLAIN}:v2.4": TgiImage("cuda", "2.4"),
    f"{PLAIN}:latest": TgiImage("cuda"),
    PLAIN: TgiImage("cuda"),
    "huggingface/text-generation-inference:1.4": TgiImage("cuda", "1.4"),
    f"{PLAIN}:sha-5a58226": TgiImage("cuda"),
    f"{PLAIN}:sha-5a58226-rocm": TgiImage("rocm"),
    f"{PLAIN}:3.3.5-rocm": TgiImage("rocm", "3.3.5"),
    f"{PLAIN}:latest-rocm": TgiImage("rocm"),
    f"{PLAIN}:2.4.0-intel-cpu": TgiImage("intel-cpu", "2.4.0"),
    f"{PLAIN}:3.3.2-intel-xpu": TgiImage("intel-xpu", "3.3.2"),
    f"{PLAIN}:2.0.2-intel": TgiImage("intel-xpu", "2.0.2"),
    f"{PLAIN}:3.3.5-gaudi": TgiImage("gaudi", "3.3.5"),
    f"{PLAIN}:3.3.5-neuron": TgiImage("neuron", "3.3.5"),
    f"{PLAIN}:3.3.5-trtllm": TgiImage("trtllm", "3.3.5"),
    f"{PLAIN}:3.3.5-nix": TgiImage("nix", "3.3.5"),
    "ghcr.io/huggingface/tgi-gaudi:2.3.1": TgiImage("gaudi"),
    "ghcr.io/huggingface/neuronx-tgi:0.0.25": TgiImage("neuron"),
    "ghcr.io/huggingface/tpu-tgi:latest": TgiImage("tpu"),
    "tgi-llamacpp": TgiImage("llamacpp"),
    "huggingface/text-generation-inference-ci:sha-abcdef1": TgiImage("ci"),
    f"{AWS}:2.4.0-tgi3.0.1-gpu-py311-cu124-ubuntu22.04-v2.1": TgiImage("sagemaker", "3.0.1"),
    f"{AWS}:2.1.2-optimum0.0.28-neuronx-py310-ubuntu22.04": TgiImage("neuron"),
    f"{AWS}:1.13.1-optimum0.0.16-inf2-py310-ubuntu22.04": TgiImage("neuron"),
    f"{GOOGLE}-cu124.2-4.ubuntu2204.py311": TgiImage("google", "2.4"),
    f"{GOOGLE}-cu121.2-2.ubuntu2204.py310:latest": TgiImage("google", "2.2"),
    f"{PLAIN}{SHA256}": TgiImage("cuda", digest=True),
    f"{PLAIN}:3.0.1{SHA256}": TgiImage("cuda", "3.0.1", digest=True),
    "registry.example.com/huggingface/text-generation-inference:3.3.5": TgiImage(
        "cuda", "3.3.5", mirror="registry.example.com"
    ),
    "localhost:5000/text-generation-inference:3.0": TgiImage("cuda", "3.0", mirror="localhost:5000"),
    "harbor.corp/ghcr.io/huggingface/text-generation-inference:2.0.4-rocm": TgiImage(
        "rocm", "2.0.4", mirror="harbor.corp"
    ),
    "${REGISTRY}/huggingface/text-generation-inference:3.0.1": TgiImage("cuda", "3.0.1", mirror="${REGISTRY}"),
    "${REGISTRY:-ghcr.io}/huggingface/text-generation-inference:3.0.1": TgiImage("cuda", "3.0.1"),
    "text-generation-inference:3.0": TgiImage("cuda", "3.0"),
    f"docker://{PLAIN}:3.0.1": TgiImage("cuda", "3.0.1"),
    "ghcr.io#huggingface/text-generation-inference:3.0.1": TgiImage("cuda", "3.0.1"),
    f"{PLAIN}:${{TGI_TAG:-2.3.0}}": TgiImage("cuda", "2.3.0", tag_expression="${TGI_TAG:-2.3.0}"),
    f"{PLAIN}:${{TGI_TAG}}": TgiImage("cuda", tag_expression="${TGI_TAG}"),
    f"{PLAIN}:$TAG-rocm": TgiImage("rocm", tag_expression="$TAG-rocm"),
    f"{PLAIN}:$(TAG)": TgiImage("cuda", tag_expression="$(TAG)"),
    f"{PLAIN}:{{{{ .Values.tag }}}}": TgiImage("cuda", tag_expression="{{ .Values.tag }}"),
    f'{PLAIN}:{{{{ .Values.tag | default "3.1.0" }}}}': TgiImage(
        "cuda", "3.1.0", tag_expression='{{ .Values.tag | default "3.1.0" }}'
    ),
    f"${{IMAGE:-{PLAIN}:2.4.0-rocm}}": TgiImage(
        "rocm", "2.4.0", tag_expression=f"${{IMAGE:-{PLAIN}:2.4.0-rocm}}", whole=True
    ),
    f"${{IMAGE:-{PLAIN}:${{TAG:-2.4.0}}}}": TgiImage(
        "cuda", "2.4.0", tag_expression=f"${{IMAGE:-{PLAIN}:${{TAG:-2.4.0}}}}", whole=True
    ),
    f"{PLAIN}:{{version}}": TgiImage("cuda", tag_expression="{version}"),
    f"{PLAIN}:<tag>": TgiImage("cuda", tag_expression="<tag>"),
    "/sif/text-generation-inference_3.0.1.sif": TgiImage("sif", "3.0.1"),
    "tgi.sif": TgiImage("sif"),
}


@pytest.mark.parametrize("reference", RECOGNISED)
def test_recognises(reference: str) -> None:
    assert recognise(reference) == RECOGNISED[reference]


@pytest.mark.parametrize(
    "reference",
    [
        "ghcr.io/huggingface/text-embeddings-inference:1.5",
        "text-embeddings-inference_1.5.sif",
        "ghcr.io/predibase/lorax:main",
        "vllm/vllm-openai:v0.32.0",
        "atinoda/text-generation-webui:default",
        "ghcr.io/huggingface/text-generation-inference-docs:1.0",
        "quay.io/opendatahub/text-generation-inference:stable",
        "quay.io/modh/text-generation-inference@sha256:" + "1" * 64,
        "python:3.11",
        "huggingface-pytorch-training:2.1",
        "tgi:local",
        "${IMAGE}",
        "docker run text-generation-inference",
        "./text-generation-inference",
        "",
    ],
)
def test_leaves_other_images_alone(reference: str) -> None:
    assert recognise(reference) is None


REPLACED = {
    f"{PLAIN}:3.3.5": "vllm/vllm-openai:v0.32.0",
    f"{PLAIN}{SHA256}": "vllm/vllm-openai:v0.32.0",
    f"{PLAIN}:${{TGI_TAG:-2.3.0}}": "vllm/vllm-openai:v0.32.0",
    f"${{IMAGE:-{PLAIN}:2.4.0}}": "vllm/vllm-openai:v0.32.0",
    f"{PLAIN}:3.3.5-rocm": "vllm/vllm-openai-rocm:v0.32.0",
    f"{PLAIN}:2.4.0-intel-cpu": "vllm/vllm-openai-cpu:v0.32.0",
    f"{PLAIN}:3.3.2-intel-xpu": "vllm/vllm-openai-xpu:v0.32.0",
    f"{AWS}:2.4.0-tgi3.0.1-gpu-py311-cu124-ubuntu22.04-v2.1": "vllm/vllm-openai:v0.32.0",
    f"{GOOGLE}-cu124.2-4.ubuntu2204.py311": "vllm/vllm-openai:v0.32.0",
    "huggingface/text-generation-inference-ci:sha-abcdef1": "vllm/vllm-openai:v0.32.0",
    "registry.example.com/huggingface/text-generation-inference:3.3.5": "registry.example.com/vllm/vllm-openai:v0.32.0",
    "${REGISTRY}/huggingface/text-generation-inference:3": "${REGISTRY}/vllm/vllm-openai:v0.32.0",
    "harbor.corp/ghcr.io/huggingface/text-generation-inference:2.0.4": "harbor.corp/docker.io/vllm/vllm-openai:v0.32.0",
    "harbor.corp/cache/huggingface/text-generation-inference:2.0.4": "harbor.corp/cache/vllm/vllm-openai:v0.32.0",
    "docker.io/huggingface/text-generation-inference:2.0.4": "docker.io/vllm/vllm-openai:v0.32.0",
    f"docker://{PLAIN}:3.0.1": "docker://vllm/vllm-openai:v0.32.0",
    "ghcr.io#huggingface/text-generation-inference:3.0.1": "vllm/vllm-openai:v0.32.0",
    "reg.corp#huggingface/text-generation-inference:3.0.1": "reg.corp#vllm/vllm-openai:v0.32.0",
    f"{PLAIN}:3.3.5-gaudi": None,
    f"{PLAIN}:3.3.5-neuron": None,
    f"{PLAIN}:3.3.5-trtllm": None,
    f"{PLAIN}:3.3.5-nix": None,
    "tgi-llamacpp": None,
    "tgi.sif": None,
}


@pytest.mark.parametrize("reference", REPLACED)
def test_replacement(reference: str) -> None:
    image = recognise(reference)
    assert image is not None
    assert replacement(image, reference, "0.32.0") == REPLACED[reference]


@pytest.mark.parametrize(
    ("variant", "version", "expected"),
    [
        ("cuda", "0.11.0", "vllm/vllm-openai:v0.11.0"),
        ("cuda", "v0.6.6.post1", "vllm/vllm-openai:v0.6.6.post1"),
        ("cuda", "0.5.0", None),
        ("rocm", "0.15.1", None),
        ("rocm", "0.16.0", "vllm/vllm-openai-rocm:v0.16.0"),
        ("intel-cpu", "0.15.1", None),
        ("intel-xpu", "0.25.1", None),
        ("intel-xpu", "0.26.0", "vllm/vllm-openai-xpu:v0.26.0"),
        ("sif", "0.32.0", None),
    ],
)
def test_image_for(variant: str, version: str, expected: str | None) -> None:
    assert image_for(variant, version) == expected


@pytest.mark.parametrize(
    "variant", ["rocm", "intel-cpu", "intel-xpu", "gaudi", "neuron", "trtllm", "llamacpp", "tpu", "sif"]
)
def test_says_why_there_is_no_image(variant: str) -> None:
    assert why_no_image(variant)
