"""The built-in suite."""

from __future__ import annotations

from migrate.parity.prompts.prompt import Prompt


def _raw(name: str, text: str) -> Prompt:
    return Prompt(f"raw-{name}", text)


def _chat(name: str, *said: str) -> Prompt:
    """A chat whose turns alternate, the user's first."""
    roles = ("user", "assistant")
    return Prompt(f"chat-{name}", messages=tuple((roles[at % 2], text) for at, text in enumerate(said)))


_LONG = " ".join(f"Item {number} of the list is number {number * 7 % 100}." for number in range(1, 60))

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
    Prompt("raw-stop", "Q: What is the tallest mountain?\nA:", stop=("\n",)),
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
    Prompt("chat-system", messages=(("system", "You answer in one sentence."), ("user", "Why is the sky blue?"))),
)
