"""Languages whose calls are found and left to a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

FIELDS = "// inputs, max_new_tokens\nx = 1;\n"
LAUNCH = "text-generation-launcher --model-id m\n"


@pytest.mark.parametrize(
    ("path", "line", "text"),
    [
        ("a.go", 'http.Post(base+"/generate", kind, body)', "/generate"),
        ("a.rs", 'let url = format!("{}/generate_stream", base);', "/generate_stream"),
        ("A.kt", 'client.post("$baseUrl/generate") {', "/generate"),
        ("A.cs", 'await http.PostAsJsonAsync("generate", body);', "generate"),
        ("A.java", 'webClient.post().uri("generate")', "generate"),
        ("a.php", "$client->post('/generate', $body);", "/generate"),
        ("a.rb", 'uri = URI("#{base}/generate")', "/generate"),
        ("a.ps1", 'Invoke-RestMethod -Uri "http://localhost:8080/generate" -Body $body', "/generate"),
        ("A.vue", "const r = await axios.post(url + '/generate', body)", "/generate"),
        ("load.jmx", '<stringProp name="HTTPSampler.path">/generate</stringProp>', "/generate"),
        ("a.http", "POST http://localhost:8080/generate", "/generate"),
    ],
)
def test_found(path: str, line: str, text: str, moved: Callable[..., Any]) -> None:
    files = {path: f"{FIELDS}{line}\n"}
    done = moved(files)
    assert done.files == files
    assert [(one.text, str(one.safety)) for one in done.found.findings] == [(text, "manual")]
    assert ("[DONE]" in done.says("manual")) is ("stream" in text)


def test_the_name_is_enough(moved: Callable[..., Any]) -> None:
    text = 'req, _ := http.NewRequest("POST", tgiURL+"/generate", bytes.NewReader(payload)) // TGI\n'
    other = text.replace("tgiURL", "baseURL").replace(" // TGI", "")
    trigger = "// generate_stream is not used\n"
    assert "choices[0].text" in moved({"a.go": trigger + text}).says("manual")
    assert moved({"a.go": trigger + other}).found.findings == ()


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("A.java", '@PostMapping("/generate")'),
        ("a.go", 'mux.HandleFunc("/generate", s.generate)'),
        ("a.go", 'router.POST("/generate", s.generate)'),
        ("a.rs", 'let app = Router::new().route("/generate", post(generate));'),
        ("a.rs", '#[post("/generate")]'),
        ("a.php", "Route::post('/generate', [Text::class, 'generate']);"),
        ("A.cs", 'app.MapPost("/generate", Generate);'),
        ("a.rb", "post '/generate' do"),
        ("a.go", 'http.Post("http://localhost:11434/api/generate", kind, body)'),
        ("b.go", 'http.Post("https://api-inference.huggingface.co/generate", kind, body)'),
    ],
)
def test_left_alone(path: str, line: str, moved: Callable[..., Any]) -> None:
    assert moved({path: f"{FIELDS}{line}\n"}).found.findings == ()


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.go", 'Model: "tgi",'),
        ("A.java", '.modelName("tgi")'),
        ("a.rb", 'model: "tgi",'),
        ("a.php", "'model' => 'tgi',"),
        ("a.rs", r'"{\"model\": \"tgi\", \"messages\": []}"'),
    ],
)
def test_names(path: str, line: str, moved: Callable[..., Any]) -> None:
    files = {path: f'post("http://tgi/v1/chat/completions")\n{line}\n'}
    done = moved(files)
    assert [one.name for one in done.found.names] == ["tgi"]
    assert "--served-model-name" in done.says("review")
    assert moved(files | {"run.sh": LAUNCH}).found.findings == ()
    assert moved({path: f"// tgi\n{line}\n"}).found.names == ()
    assert moved({path: files[path].replace(line, f"// {line}")}).found.names == ()
