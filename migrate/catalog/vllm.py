"""Everything that the catalog answers about vLLM, in one place to import from."""

from migrate.catalog.command import check_command
from migrate.catalog.options import Form, Option
from migrate.catalog.surface import EXPRESSION, Catalog, Refusal, catalog
from migrate.catalog.targets import Target, UnknownVersion, default_target, entrypoint, target, versions
from migrate.catalog.vllm_images import image_for, replacement, why_no_image

DEFAULT_TARGET = default_target()

__all__ = [
    "DEFAULT_TARGET",
    "EXPRESSION",
    "Catalog",
    "Form",
    "Option",
    "Refusal",
    "Target",
    "UnknownVersion",
    "catalog",
    "check_command",
    "default_target",
    "entrypoint",
    "image_for",
    "replacement",
    "target",
    "versions",
    "why_no_image",
]
