"""Chengqing 澄清: crisis media monitoring and press releases in one pipeline."""

__version__ = "0.1.0"
