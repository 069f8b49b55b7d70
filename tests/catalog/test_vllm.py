"""vLLM's targets and options by version."""

from __future__ import annotations

import pytest

from migrate.catalog.vllm import DEFAULT_TARGET, Target, UnknownVersion, catalog, entrypoint, target, versions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vllm@0.32.0", Target("0.32.0", "0.32.0")),
        ("0.33.0", Target("0.33.0", "0.33.0")),
        ("v0.11.0", Target("0.11.0", "0.11.0")),
        ("0.20.1", Target("0.20.1", "0.20.0")),
        ("vllm@0.32", Target("0.32.0", "0.32.0")),
        (None, DEFAULT_TARGET),
    ],
)
def test_targets(text: str | None, expected: Target) -> None:
    assert target(text) == expected


@pytest.mark.parametrize("text", ["0.5.0", "vllm@0.99.0", "latest", "tgi@3.3.7", ""])
def test_unknown_targets_name_the_known_ones(text: str) -> None:
    with pytest.raises(UnknownVersion, match=r"0\.6\.6\.post1, .*0\.33\.0"):
        target(text)


def test_the_default_was_run_and_newer_ones_are_covered() -> None:
    assert DEFAULT_TARGET.version == "0.32.0"
    assert versions()[-1] == "0.33.0"


@pytest.mark.parametrize(
    ("version", "started"),
    [("0.6.6.post1", "module"), ("0.11.0", "module"), ("0.11.1", "serve"), ("0.32.0", "serve")],
)
def test_entrypoint(version: str, started: str) -> None:
    assert entrypoint(version) == started


@pytest.mark.parametrize(
    ("spelling", "version", "name"),
    [
        ("--max-model-len", "0.32.0", "max-model-len"),
        ("--max_model_len", "0.32.0", "max-model-len"),
        ("max_model_len", None, "max-model-len"),
        ("-tp", "0.32.0", "tensor-parallel-size"),
        ("--no-enable-prefix-caching", "0.32.0", "enable-prefix-caching"),
        ("--speculative-config.method", "0.32.0", "speculative-config"),
        ("--max-model-len=5", "0.32.0", "max-model-len"),
        ("--disable-log-requests", "0.16.0", "disable-log-requests"),
        ("--disable-log-requests", "0.33.0", "enable-log-requests"),
    ],
)
def test_finds_options(spelling: str, version: str | None, name: str) -> None:
    found = catalog().option(spelling, version)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("spelling", "version"),
    [
        ("--num-shard", None),
        ("--max-num-queued-reqs", "0.28.0"),
        ("--rope-scaling", "0.11.1"),
        ("--swap-space", "0.18.0"),
        ("--disable-log-requests", "0.20.0"),
        ("-max-model-len", "0.32.0"),
    ],
)
def test_options_that_a_version_does_not_have(spelling: str, version: str | None) -> None:
    assert catalog().option(spelling, version) is None


@pytest.mark.parametrize(
    ("name", "values", "version"),
    [
        ("max-model-len", ["auto"], "0.14.0"),
        ("max-model-len", ["4096"], "0.6.6.post1"),
        ("max-model-len", ["8k"], "0.32.0"),
        ("max-model-len", ["$MAX"], "0.10.0"),
        ("max-model-len", ["{{ .Values.length }}"], "0.10.0"),
        ("served-model-name", ["a", "b"], "0.32.0"),
        ("enforce-eager", [], "0.32.0"),
        ("dtype", ["float16"], "0.32.0"),
        ("quantization", ["bitsandbytes"], "0.27.1"),
        ("quantization", ["${QUANTIZATION}"], "0.32.0"),
        ("rope-scaling", ['{"rope_type": "dynamic", "factor": 2.0}'], "0.11.0"),
        ("shutdown-timeout", ["90"], "0.18.0"),
        ("allowed-origins", ['["https://a"]'], "0.32.0"),
        ("api-key", ["a"], "0.8.5"),
        ("gpu-memory-utilization", ["0.81"], "0.32.0"),
    ],
)
def test_accepts(name: str, values: list[str], version: str) -> None:
    assert catalog().accepts(name, values, version) is None


@pytest.mark.parametrize(
    ("name", "values", "version", "says"),
    [
        ("max-model-len", ["auto"], "0.13.0", "not an integer"),
        ("max-model-len", ["0"], "0.32.0", "positive"),
        ("max-model-len", ["1.5K"], "0.32.0", "decimals"),
        ("max-model-len", [], "0.32.0", "exactly one value"),
        ("max-model-len", ["1", "2"], "0.32.0", "exactly one value"),
        ("served-model-name", [], "0.32.0", "at least one value"),
        ("enforce-eager", ["true"], "0.32.0", "takes no value"),
        ("dtype", ["fp16"], "0.32.0", "invalid choice 'fp16'"),
        ("kv-cache-dtype", ["fp8_e4m3fn"], "0.32.0", "invalid choice"),
        ("quantization", ["eetq"], "0.32.0", "unknown quantization method 'eetq'"),
        ("quantization", ["bitsandbytes"], "0.28.0", "plugin"),
        ("rope-scaling", ["{}"], "0.32.0", "only 0.6.6.post1 to 0.11.0"),
        ("max-num-queued-reqs", ["128"], "0.28.0", "only from 0.29.0 on"),
        ("--guided-decoding-backend", ["auto"], "0.32.0", "--structured-outputs-config.backend"),
        ("--max-model-length", ["5"], "0.32.0", "the nearest is --max-model-len"),
        ("allowed-origins", ["https://a"], "0.32.0", "not JSON"),
        ("speculative-config", ["{method"], "0.32.0", "not JSON"),
        ("--port.x", ["5"], "0.32.0", "no keys"),
        ("tensor-parallel-size", ["two"], "0.32.0", "not an integer"),
        ("gpu-memory-utilization", ["most"], "0.32.0", "not a number"),
    ],
)
def test_refuses(name: str, values: list[str], version: str, says: str) -> None:
    refusal = catalog().accepts(name, values, version)
    assert refusal is not None
    assert says in refusal.message


def test_defaults_by_version() -> None:
    old, new = catalog().form("gpu-memory-utilization", "0.19.1"), catalog().form("gpu-memory-utilization", "0.20.0")
    assert old is not None
    assert new is not None
    assert (old.default, new.default) == (0.9, 0.92)


@pytest.mark.parametrize(
    ("name", "version", "read"),
    [
        ("VLLM_MAX_STOP_STRINGS", "0.27.1", False),
        ("VLLM_MAX_STOP_STRINGS", "0.28.0", True),
        ("VLLM_HTTP_MAX_REQUEST_BODY_SIZE", "0.32.0", False),
        ("VLLM_HTTP_MAX_REQUEST_BODY_SIZE", "0.33.0", True),
        ("MODEL_ID", "0.32.0", False),
    ],
)
def test_variables(name: str, version: str, read: bool) -> None:
    assert bool(catalog().variable(name, version)) is read


@pytest.mark.parametrize(
    ("name", "version", "there"),
    [
        ("vllm:kv_cache_usage_perc", "0.32.0", True),
        ("vllm:gpu_cache_usage_perc", "0.32.0", False),
        ("vllm:gpu_cache_usage_perc", "0.8.5", True),
        ("tgi_queue_size", "0.32.0", False),
    ],
)
def test_metrics(name: str, version: str, there: bool) -> None:
    assert bool(catalog().metric(name, version)) is there


@pytest.mark.parametrize(
    ("architecture", "version", "served"),
    [
        ("LlamaForCausalLM", "0.32.0", True),
        ("MllamaForConditionalGeneration", "0.10.2", True),
        ("MllamaForConditionalGeneration", "0.32.0", False),
        ("BartForConditionalGeneration", "0.32.0", False),
        ("Idefics2ForConditionalGeneration", "0.32.0", False),
        ("Idefics3ForConditionalGeneration", "0.32.0", True),
        ("T5ForConditionalGeneration", "0.32.0", False),
        ("MyOwnForCausalLM", "0.32.0", None),
    ],
)
def test_architectures(architecture: str, version: str, served: bool | None) -> None:
    assert catalog().serves(architecture, version) is served


@pytest.mark.parametrize(
    ("model", "architecture"),
    [
        ("HuggingFaceM4/idefics2-8b", "Idefics2ForConditionalGeneration"),
        ("HuggingFaceM4/idefics-9b-instruct", "IdeficsForVisionText2Text"),
        ("google/flan-t5-xxl", "T5ForConditionalGeneration"),
        ("meta-llama/Llama-3.2-11B-Vision-Instruct", "MllamaForConditionalGeneration"),
        ("HuggingFaceM4/Idefics3-8B-Llama3", None),
        ("meta-llama/Llama-3.2-1B-Instruct", None),
        ("mistralai/Mistral-7B-Instruct-v0.3", None),
        ("/models/t5-small", None),
    ],
)
def test_architectures_by_model_id(model: str, architecture: str | None) -> None:
    assert catalog().architecture_of(model) == architecture


def test_last_version_that_served_an_architecture() -> None:
    assert catalog().last_served("MllamaForConditionalGeneration") == "0.10.2"
    assert catalog().last_served("LlamaForCausalLM") is None


def test_named_values() -> None:
    assert "marlin" in catalog().values("quantization", "0.10.1.1")
    assert "marlin" not in catalog().values("quantization", "0.10.2")
