"""The built-in suite: what clients of TGI do, and enough greedy prompts to tell a fault from rounding."""

from __future__ import annotations

from migrate.parity.exchange import Json
from migrate.parity.prompts.prompt import Prompt

# The size of the recordings on which the two-sample test was tried, and the least that it takes for a pass.
SAMPLES = 32
SAMPLED_TOKENS = 48

_LONG = " ".join(f"Item {number} of the list is number {number * 7 % 100}." for number in range(1, 60))
_PLACE: Json = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}, "country": {"type": "string", "maxLength": 20}},
    "required": ["city", "country"],
}
_WEATHER: Json = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def _raw(name: str, text: str, stop: tuple[str, ...] = (), **fields: Json) -> Prompt:
    return Prompt(f"raw-{name}", text, stop=stop, fields=fields)


def _chat(name: str, *said: str, system: str = "") -> Prompt:
    """A chat whose turns alternate, the user's first."""
    roles = ("user", "assistant")
    turns = tuple((roles[at % 2], text) for at, text in enumerate(said))
    return Prompt(f"chat-{name}", messages=((("system", system),) if system else ()) + turns)


def _sampled(name: str, said: str, chat: bool = True) -> Prompt:
    messages = (("user", said),) if chat else ()
    text = "" if chat else said
    return Prompt(f"sampled-{name}", text, messages, SAMPLED_TOKENS, temperature=0.8, seed=1, samples=SAMPLES)


def _feature(name: str, said: str, chat: bool = True, **fields: Json) -> Prompt:
    messages = (("user", said),) if chat else ()
    return Prompt(f"feature-{name}", "" if chat else said, messages, fields=fields, optional=True)


SUITE: tuple[Prompt, ...] = (
    _raw("capital", "The capital of France is"),
    _raw("word", "Hello"),
    _raw("story", "Once upon a time, in a village by the sea,"),
    _raw("numbered", "The planets of the solar system are:\n1. Mercury\n2."),
    _raw("python", "def fibonacci(n):\n    "),
    _raw("json", '{"name": "Alice", "age": 30, "city":'),
    _raw("german", "Die wichtigste Erfindung des Mittelalters war"),
    _raw("unicode", "日本の首都は"),
    _raw("emoji", "Weather today: ☀️ 🌧️ ❄️"),
    _raw("arithmetic", "12 + 30 = 42\n15 + 27 ="),
    _raw("repeat", "one two three one two three one two"),
    _raw("long-context", f"{_LONG}\nItem 17 of the list is number"),
    _raw("truncated", f"{_LONG}\nThe last item is", truncate=64),
    _raw("stop", "Q: What is the tallest mountain?\nA:", ("\n",)),
    _raw("penalty", "I like cats, I like cats, I like", repetition_penalty=1.2),
    _chat("capital", "What is the capital of France?"),
    _chat("explain", "Explain what a hash map is to a beginner."),
    _chat("list", "Give me three tips for a good night's sleep."),
    _chat("code", "Write a Python function that reverses a string."),
    _chat("translate", "Translate to French: Where is the train station?"),
    _chat("math", "If I have 3 apples and buy 5 more, how many do I have?"),
    _chat("turns", "My name is Bob.", "Nice to meet you, Bob.", "What is my name?"),
    _chat("unicode", "Write a short greeting in Japanese."),
    _chat("json", "Answer in JSON with the keys city and country: where is the Eiffel Tower?"),
    _chat("story", "Tell me a short story about a robot who learns to paint."),
    _chat("compare", "What is the difference between a list and a tuple?"),
    _chat("long-context", f"{_LONG} Which number has item 17?"),
    _chat("system", "Why is the sky blue?", system="You answer in one sentence."),
    Prompt("chat-stop", messages=(("user", "Count from one to ten in words, with commas."),), stop=(",",)),
    _feature("json", "Where is the Eiffel Tower?", chat=False, grammar={"type": "json", "value": _PLACE}),
    _feature(
        "regex", "A date of this year:", False, grammar={"type": "regex", "value": "20[0-9]{2}-[01][0-9]-[0-3][0-9]"}
    ),
    _feature("chat-json", "Where is the Eiffel Tower?", response_format={"type": "json_object", "value": _PLACE}),
    _feature("tools", "What is the weather in Paris?", tools=[_WEATHER], tool_choice="auto"),
    _sampled("raw-story", "Once upon a time there was", chat=False),
    _sampled("raw-list", "My favourite things are", chat=False),
    _sampled("raw-news", "In the news today:", chat=False),
    _sampled("story", "Tell me a very short story about the sea."),
    _sampled("name", "Suggest a name for a cat and say why."),
    _sampled("advice", "Give me one piece of advice for a new job."),
    _sampled("fact", "Tell me a fact about animals."),
    _sampled("poem", "Write two lines of a poem about winter."),
)
