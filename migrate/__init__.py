"""Moves a repository from Text Generation Inference (TGI) to vLLM and proves that the move is safe."""

__version__ = "0.1.0"
