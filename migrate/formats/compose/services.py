"""Which services start TGI, which only change another one, and which can be read and not be written."""

from __future__ import annotations

from pathlib import PurePosixPath

from migrate.catalog.images import recognise
from migrate.formats.built_images import base_image, program_of
from migrate.formats.compose.build import dockerfile, has_arguments
from migrate.formats.compose.command import LAUNCHER
from migrate.formats.compose.environment import missing_env_files, read_environment
from migrate.formats.compose.model import NAMES, Service
from migrate.formats.compose.overrides import changes_anything, is_option
from migrate.formats.compose.start import Start, image_word, read_strips
from migrate.repository import Repository
from migrate.touchpoints import Word


def starts(service: Service, repo: Repository) -> bool:
    """Whether a service starts TGI: by its image, by a launcher that its words name, or by what it adds to an image
    that the repository builds."""
    if service.overrides and not changes_anything(service, repo):
        return False
    image = image_word(service)
    if image and is_tgi(image):
        return True
    strips = read_strips(service)
    if any(strip.launcher for strip in strips):
        return not any("--grpc-port" in word.value for strip in strips for word in strip.arguments)
    if built_from(service, repo) is None:
        return False
    return bool(strips) or any(is_option(entry.variable.name) for entry in read_environment(service, repo))


def is_tgi(image: Word) -> bool:
    """Whether an image is one of TGI's own, as written or as what it resolves to."""
    return recognise(image.known or image.value) is not None


def built_from(service: Service, repo: Repository) -> Word | None:
    """TGI's image below the one that a service builds, None where it builds none."""
    source = dockerfile(service, repo)
    return base_image(source) if source else None


def names_model(start: Start) -> bool:
    """Whether the words or the variables of a start say which model it serves."""
    if any(word.value.partition("=")[0].replace("_", "-") == "--model-id" for word in start.arguments):
        return True
    return any(variable.name in ("MODEL_ID", "HF_MODEL_ID") for variable in start.variables)


def unsupported(start: Start, repo: Repository) -> str | None:
    """Why a start can be read and not be written."""
    if start.image and not is_tgi(start.image):
        return f"the launcher runs in {start.image.value}, not in one of TGI's images: rebuild that image on vLLM first"
    if start.program:
        return f"the entrypoint is a program of its own ({start.program}): let it start vLLM"
    missing = missing_env_files(start.service, repo)
    if missing and not names_model(start):
        return f"the model is set in {missing[0]}, which is not in the repository: write its name into the command"
    source = dockerfile(start.service, repo) if start.runs_in else None
    program = program_of(source) if source and start.through_entrypoint and start.arguments else ""
    if program and not any(name in program for name in (LAUNCHER, "tgi-entrypoint")):
        return f"the image starts {program} in place of TGI's entrypoint: change what it is given by hand"
    if source and not start.arguments and has_arguments(source):
        return "the Dockerfile and the service both say how the server starts: move the service's variables by hand"
    return None


def is_override(service: Service) -> bool:
    """Whether a service changes one of another file: it has no image of its own, or its file says so by name."""
    facts = service.own.facts
    by_name = "override" in PurePosixPath(service.own.source.path).name
    return "extends" not in facts and "build" not in facts and ("image" not in facts or by_name)


def is_partial(service: Service) -> bool:
    """Whether a service names an image and nothing that says what it serves, in a file with a name of its own
    (`compose.amd.yaml`)."""
    facts = service.own.facts
    says = any(name in facts for name in ("command", "entrypoint", "env_file", "extends", "build"))
    standard = PurePosixPath(service.own.source.path).name in NAMES
    return "image" in facts and not says and not standard and "MODEL_ID" not in service.own.text
