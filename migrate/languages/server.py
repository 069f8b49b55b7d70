"""Whether an address in a text is a TGI server's: the same questions for every language."""

from __future__ import annotations

import re

from migrate.clients.python.addresses.texts import Address

ROUTE = re.compile(r"(?P<base>[^\s\"'`]*?)/(?P<route>generate_stream|generate)/?$")
SERVE = "vLLM refuses model names that it does not serve: add tgi to --served-model-name of the server"
_TGI = re.compile(r"(?<![a-z])tgi(?![a-z])|text[-_]generation[-_](inference|launcher)", re.IGNORECASE)
_OTHER = re.compile(r"lorax|lightllm|adapter_source|predibase|vllm", re.IGNORECASE)
_HOSTED = re.compile(r"huggingface\.co|hf\.space", re.IGNORECASE)
_HOST = re.compile(r"https?://([^/]*)")


def names_tgi(text: str) -> bool:
    """Whether a text says TGI's name."""
    return _TGI.search(text) is not None


def started_here(base: str) -> bool:
    """Whether an address is one at which a server of this repository may answer: this machine, or TGI by name."""
    return "$" not in base and sure(base, "", False) is True


def sure(base: str, text: str, launched: bool) -> bool | None:
    """True: TGI; None: it may as well be another server; False: the hosted service."""
    if _HOSTED.search(base):
        return False
    if _OTHER.search(text):
        return None
    if launched or _TGI.search(base) or _TGI.search(text):
        return True
    host = _HOST.match(base)
    if host is None:
        return True if not base or "$" in base else Address(f"http://{base}", "", ()).local or None
    name = host[1]
    return True if "$" in name or Address(f"http://{name}", "", ()).local else None
