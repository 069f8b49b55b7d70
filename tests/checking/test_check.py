from __future__ import annotations

import pytest

from migrate.checking import check
from migrate.repository import Repository

BAD = "--swap-space"  # an option that the target version no longer has
TARGET = "0.32.0"


def checked(path: str, text: str, target: str = TARGET) -> tuple[list[str], int]:
    """The text of every refused word, and the number of command lines read."""
    reading, count = check(Repository.of({path: text}), [path], target)
    assert reading.skipped == ()
    return [one.text.strip("\"'") for one in reading.findings], count


IMAGE = "vllm/vllm-openai:v0.32.0"
SERVICE = f"services:\n  llm:\n    image: {IMAGE}\n"
CONTAINERS = "spec:\n  containers:\n"
REFUSED = {
    "script": ("run.sh", "vllm serve m --port 80 --swap-space 4\n"),
    "continued": ("run.sh", "exec vllm serve m \\\n  --port 80 \\\n  --swap-space 4 &\n"),
    "crlf": ("run.sh", "vllm serve m \\\r\n  --swap-space 4\r\n"),
    "second-command": ("run.sh", "cd /x && A=b vllm serve m --swap-space 4; echo\n"),
    "module": ("run.sh", "python3 -m vllm.entrypoints.openai.api_server --model m --swap-space 4\n"),
    "docker-run": ("run.sh", f"docker run --gpus all -p 80:80 {IMAGE} --model m --swap-space 4\n"),
    "mirror": ("run.sh", "sudo podman run mirror.local/docker.io/vllm/vllm-openai m --swap-space 4\n"),
    "entrypoint": ("run.sh", f"docker run --entrypoint vllm {IMAGE} serve m --swap-space 4\n"),
    "in-a-shell": ("run.sh", 'docker run x/y bash -c "vllm serve m --swap-space 4"\n'),
    "makefile": ("Makefile", "serve:\n\t@vllm serve $(MODEL) --swap-space 4\n"),
    "unit": ("vllm.service", "[Service]\nExecStart=/usr/bin/vllm serve m \\\n  --swap-space 4\n"),
    "fence": ("README.md", "Run:\n\n```bash\nvllm serve m --swap-space 4\n```\n"),
    "compose-string": ("compose.yaml", SERVICE + "    command: --model m --swap-space 4\n"),
    "compose-folded": ("compose.yaml", SERVICE + "    command: >\n      m\n      --swap-space 4\n"),
    "compose-list": ("compose.yaml", SERVICE + '    command: ["m", --swap-space, "4"]\n'),
    "compose-entrypoint": (
        "compose.yaml",
        SERVICE + "    entrypoint: vllm serve\n    command: [m, --swap-space, '4']\n",
    ),
    "compose-shell": (
        "compose.yaml",
        SERVICE + "    entrypoint: [sh, -c]\n    command: ['exec vllm serve m --swap-space 4']\n",
    ),
    "kubernetes": (
        "k8s.yaml",
        CONTAINERS + f"  - image: {IMAGE}\n    args:\n    - m\n    - --swap-space\n    - '4'\n",
    ),
    "kubernetes-command": (
        "k8s.yaml",
        CONTAINERS + "  - image: own\n    command: [vllm, serve, m, --swap-space, '4']\n",
    ),
    "workflow": ("ci.yml", "jobs:\n  x:\n    steps:\n    - run: |\n        vllm serve m --swap-space 4\n"),
    "dockerfile": ("Dockerfile", f'FROM {IMAGE}\nCMD ["m", "--swap-space", "4"]\n'),
    "dockerfile-entrypoint": ("Dockerfile", 'FROM x\nENTRYPOINT ["vllm", "serve"]\nCMD ["m", "--swap-space", "4"]\n'),
    "dockerfile-shell": ("Dockerfile", "FROM x\nCMD vllm serve m \\\n    --swap-space 4\n"),
}


@pytest.mark.parametrize(("path", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_option_is_named_at_its_place(path, text):
    assert checked(path, text)[0] == [BAD]


@pytest.mark.parametrize(("path", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_same_line_without_the_option_passes(path, text):
    for word in ("--swap-space 4", '--swap-space, "4"', "--swap-space, '4'", '"--swap-space", "4"'):
        text = text.replace(word, "--port 80" if word == "--swap-space 4" else word.replace("swap-space", "port"))
    text = text.replace("- --swap-space", "- --port")
    refused, count = checked(path, text)
    assert refused == []
    assert count >= 1


@pytest.mark.parametrize(("path", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_version_that_has_the_option_takes_it(path, text):
    assert BAD not in checked(path, text, "0.10.0")[0]


LEFT_ALONE = {
    "comment": ("run.sh", "# vllm serve m --swap-space 4\necho\n"),
    "echo": ("run.sh", 'echo "vllm serve m --swap-space 4"\n'),
    "pull": ("run.sh", "docker pull vllm/vllm-openai:v0.32.0\n"),
    "other-image": ("run.sh", "docker run my/vllm-openai-proxy --swap-space 4\n"),
    "other-program": ("run.sh", "vllm bench latency --swap-space 4\nvllm-router serve --swap-space\n"),
    "prose": ("README.md", "Use vllm serve m --swap-space 4 for this.\n"),
    "other-fence": ("README.md", "```python\nvllm serve m --swap-space 4\n```\n"),
    "service-without-command": ("compose.yaml", "services:\n  llm:\n    image: vllm/vllm-openai:v0.32.0\n"),
    "own-entrypoint": ("compose.yaml", SERVICE + "    entrypoint: [python3, x.py]\n    command: [--swap-space]\n"),
    "tgi": ("run.sh", "docker run ghcr.io/huggingface/text-generation-inference:3.3.5 --swap-space 4\n"),
    "source-code": ("a.py", "x = 'vllm serve m --swap-space 4'\n"),
}


@pytest.mark.parametrize(("path", "text"), LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_what_is_no_command_line(path, text):
    assert checked(path, text) == ([], 0)


def test_expressions_are_taken():
    text = 'docker run $OPTS vllm/vllm-openai:$TAG "$MODEL" --port "${PORT:-80}" $EXTRA "$@"\n'
    assert checked("run.sh", text) == ([], 1)


def test_message_names_the_version_and_the_finding_is_an_error():
    reading, _ = check(Repository.of({"a.sh": "vllm serve m --swap-space 4"}), ["a.sh"], TARGET)
    (finding,) = reading.findings
    assert finding.message.startswith("vLLM 0.32.0: ")
    assert (finding.safety.level, finding.rule) == ("error", "check/option")


@pytest.mark.parametrize(
    ("path", "text"),
    [("run.sh", "echo\nvllm serve 'm --port 80\n"), ("compose.yaml", "a: [vllm serve m\nb: x\n")],
    ids=["quote", "yaml"],
)
def test_what_cannot_be_read_is_said(path, text):
    reading, _ = check(Repository.of({path: text}), [path], TARGET)
    assert [one.path for one in reading.skipped] == [path]
    assert reading.skipped[0].reason.startswith("line ")


def test_shared_nodes_are_one_command():
    text = "x: &c [vllm, serve, m, --swap-space, '4']\na:\n  command: *c\nb:\n  command: *c\n"
    assert checked("a.yaml", text) == ([BAD], 1)
