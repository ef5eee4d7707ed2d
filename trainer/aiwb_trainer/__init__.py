"""The trainer of AI Workbench: one program that fine-tunes models wherever programs run."""
