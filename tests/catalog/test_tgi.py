"""TGI's options, variables and images by version."""

from __future__ import annotations

import pytest

from migrate.catalog import tgi


@pytest.mark.parametrize(
    ("spelling", "version", "name"),
    [
        ("--num-shard", None, "num-shard"),
        ("NUM_SHARD", "1.0.0", "num-shard"),
        ("-p", "3.3.7", "port"),
        ("-g", "3.3.7", "graceful-termination-timeout"),
        ("--max-batch-size", "1.4.1", "max-batch-size"),
        ("--max-batch-size", "0.8.2", "max-batch-size"),
        ("model-id", None, "model-id"),
    ],
)
def test_finds_options(spelling: str, version: str | None, name: str) -> None:
    found = tgi.option(spelling, version)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("spelling", "version"),
    [
        ("--num_shard", None),
        ("--max-batch-size", "1.4.0"),
        ("--max-input-tokens", "1.4.5"),
        ("--payload-limit", "2.4.0"),
        ("--auto-truncate", None),
        ("num_shard", None),
        ("ENV", None),
    ],
)
def test_spellings_that_are_no_option(spelling: str, version: str | None) -> None:
    assert tgi.option(spelling, version) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("--num_shard", "num-shard"),
        ("--max-total-token", "max-total-tokens"),
        ("NUM_SHARDS", "num-shard"),
        ("--quantise", "quantize"),
        ("-model-id", "model-id"),
    ],
)
def test_nearest(written: str, meant: str) -> None:
    found = tgi.nearest(written)
    assert found is not None
    assert found.name == meant


@pytest.mark.parametrize("written", ["--zebra", "KUBECONFIG", "--x"])
def test_nothing_is_near(written: str) -> None:
    assert tgi.nearest(written) is None


@pytest.mark.parametrize(
    ("name", "value", "version", "variable"),
    [
        ("trust-remote-code", None, None, False),
        ("trust-remote-code", "true", None, True),
        ("sharded", "false", None, False),
        ("quantize", "bitsandbytes-nf4", None, False),
        ("quantize", "true", "0.6.0", False),
        ("max-total-tokens", "4096", None, False),
        ("cuda-graphs", "1,2,4", None, False),
        ("cuda-memory-fraction", ".5", None, False),
        ("port", "80", None, False),
        ("model-id", "", None, True),
    ],
)
def test_values_that_tgi_took(name: str, value: str | None, version: str | None, variable: bool) -> None:
    assert tgi.validate(name, value, version, variable=variable) is None


@pytest.mark.parametrize(
    ("name", "value", "version", "variable"),
    [
        ("trust-remote-code", "true", None, False),
        ("trust-remote-code", "1", None, True),
        ("trust-remote-code", "True", None, True),
        ("trust-remote-code", "", None, True),
        ("sharded", None, None, False),
        ("quantize", "bitsandbytes_nf4", None, False),
        ("quantize", "AWQ", None, False),
        ("quantize", "fp8", "1.4.5", False),
        ("dtype", "half", None, False),
        ("kv-cache-dtype", "fp8", None, False),
        ("num-shard", "two", None, False),
        ("num-shard", "", None, True),
        ("cuda-graphs", "1,x", None, False),
        ("port", "70000", None, False),
        ("cuda-memory-fraction", "90%", None, False),
    ],
)
def test_values_that_tgi_refused(name: str, value: str | None, version: str | None, variable: bool) -> None:
    assert tgi.validate(name, value, version, variable=variable)


@pytest.mark.parametrize(
    ("version", "default"),
    [("0.5.0", "1512"), ("0.9.0", "2048"), ("1.4.5", "2048"), ("2.0.0", None), ("3.3.7", None)],
)
def test_default_length(version: str, default: str | None) -> None:
    assert tgi.options()["max-total-tokens"].default_at(version) == default


@pytest.mark.parametrize(
    ("variant", "port"),
    [
        ("cuda", 80),
        ("rocm", 80),
        ("intel-cpu", 80),
        ("ci", 80),
        ("trtllm", 3000),
        ("llamacpp", 3000),
        ("sagemaker", 8080),
        ("google", 8080),
        (None, 3000),
    ],
)
def test_default_port(variant: str | None, port: int) -> None:
    assert tgi.default_port(variant) == port


@pytest.mark.parametrize(
    ("variant", "version", "key"),
    [
        ("cuda", "2.2.0", "hub_cache"),
        ("cuda", "2.3.0", "hf_home"),
        ("cuda", None, "hf_home"),
        ("rocm", "1.4.5", "hub_cache"),
        ("intel-cpu", "3.3.7", "hub_cache"),
    ],
)
def test_cache_layout(variant: str, version: str | None, key: str) -> None:
    assert tgi.build(variant, version).get(key) == "/data"


def test_variables() -> None:
    assert tgi.variable("ATTENTION")
    assert tgi.variable("RUST_LOG")
    assert tgi.variable("PATH") is None


def test_metrics_also_by_their_series() -> None:
    assert tgi.metric("tgi_queue_size")
    assert tgi.metric("tgi_request_duration_bucket") == tgi.metric("tgi_request_duration")
    assert tgi.metric("vllm:num_requests_running") is None


def test_routes_and_fields() -> None:
    assert "POST /generate" in tgi.routes()
    assert "max_new_tokens" in tgi.fields("GenerateParameters")


def test_all_tags_are_known() -> None:
    assert len(tgi.versions()) == 67
    assert (tgi.versions()[0], tgi.versions()[-1]) == ("0.2.0", "3.3.7")
