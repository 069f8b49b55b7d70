"""The temperature that TGI used: greedy unless something made it sample, also where that is known at run time only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migrate.clients.parameters import UNKNOWN, Given, Note, Spelling, Translation, closed

NEUTRAL = (None, 1.0)
NARROWING = ("top_k", "top_p", "typical_p")
TEMPERATURE = "client/parameter-temperature"
EXACTLY_ONE = "temperature: exactly 1.0 was greedy on TGI unless do_sample was true"


def sample(given: Mapping[str, Given], found: Translation, spelling: Spelling, parameters: bool) -> None:
    """Writes the temperature that TGI used: 0 where it was greedy, 1.0 where it sampled without saying one.

    `parameters` as of `translate`.
    """
    if not parameters:
        found.added.append(("temperature", "1.0"))
        return
    flag = given.get("do_sample")
    narrow = [one for name, one in given.items() if name in NARROWING and one.literal not in NEUTRAL]
    narrowing = any(not (one.nullable and one.simple) for one in narrow)
    flag = _asked(flag, narrow, spelling) if narrow and not narrowing else flag
    sampled = narrowing or (flag is not None and flag.literal is True)
    temperature = given.get("temperature")
    if temperature is None:
        found.added.append(("temperature", _absent(sampled, flag, spelling)))
    elif temperature.literal is None:
        found.becomes["temperature"] = ("temperature", _absent(sampled, flag, spelling))
    elif not sampled and temperature.literal == 1.0:
        found.becomes["temperature"] = ("temperature", _unless(flag, temperature.text, spelling))
    elif not sampled and temperature.literal is UNKNOWN:
        _undecided(temperature, flag, found, spelling)


def _asked(flag: Given | None, narrow: Sequence[Given], spelling: Spelling) -> Given | None:
    """do_sample as it would have to be said: true as well where one of the parameters that make TGI sample is given."""
    if flag is not None and (flag.literal is True or (flag.literal is UNKNOWN and not flag.simple)):
        return flag
    tests = [flag.text] if flag is not None and flag.literal is UNKNOWN else []
    tests += [spelling.given.format(value=closed(one.text)) for one in narrow]
    return Given("do_sample", spelling.either.join(tests), UNKNOWN, simple=True)


def _decided(flag: Given | None) -> bool:
    return flag is None or flag.literal is not UNKNOWN


def _absent(sampled: bool, flag: Given | None, spelling: Spelling) -> str:
    """The temperature of a request that names none."""
    return "1.0" if sampled else _unless(flag, "1.0", spelling)


def _unless(flag: Given | None, value: str, spelling: Spelling) -> str:
    """0, or the value where do_sample turns out to be true."""
    if flag is None or _decided(flag):
        return "0"
    return spelling.greedy_unless.format(value=value, flag=flag.text, other="0")


def _undecided(temperature: Given, flag: Given | None, found: Translation, spelling: Spelling) -> None:
    """A temperature that is known at run time only: 1.0 means greedy, everything else itself."""
    if not temperature.simple or not (_decided(flag) or (flag is not None and flag.simple)):
        found.notes.append(Note("temperature", TEMPERATURE, EXACTLY_ONE))
        return
    doubt = spelling.neutral.format(value=closed(temperature.text))
    if flag is not None and not _decided(flag):
        doubt = _denied(flag, spelling) + doubt
    text = spelling.greedy_unless.format(value="0", flag=doubt, other=temperature.text)
    found.becomes["temperature"] = ("temperature", text)


def _denied(flag: Given, spelling: Spelling) -> str:
    """The test that do_sample, or what stands for it, is not given."""
    mark = spelling.given.format(value="")
    if flag.text.endswith(mark) and spelling.either not in flag.text:
        return f"{spelling.missing.format(value=flag.text.removesuffix(mark))} and "
    return spelling.negate.format(flag=closed(flag.text))
