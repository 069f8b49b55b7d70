"""What a health check asks, and whether another route does as well."""

from __future__ import annotations

import pytest

from migrate.formats.probes import asked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("curl -f http://localhost:80/info", [("http://localhost:80/info", True)], id="info"),
        pytest.param("wget -q 127.0.0.1/info || exit 1", [("127.0.0.1/info", True)], id="or"),
        pytest.param("curl localhost/info | grep model_id", [("localhost/info", False)], id="read-by-a-pipe"),
        pytest.param("[ -n $(curl localhost/info) ]", [("localhost/info", False)], id="read-by-a-substitution"),
        pytest.param("x=$(date); curl localhost/info", [("localhost/info", True)], id="substitution-before"),
        pytest.param("curl -d '{}' http://localhost/generate", [("/generate", False)], id="generation"),
        pytest.param("curl localhost/generate_stream", [("/generate_stream", False)], id="stream"),
        pytest.param("curl http://example.com/info", [], id="another-server"),
        pytest.param("curl localhost/information; curl localhost/health", [], id="other-routes"),
    ],
)
def test_what_is_asked(text: str, found: list[tuple[str, bool]]) -> None:
    assert [(text[one.start : one.end], one.replaceable) for one in asked(text)] == found
