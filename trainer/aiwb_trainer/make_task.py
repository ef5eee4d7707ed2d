"""The task that a job or a model is for, by its name."""

from __future__ import annotations

from typing import Any

from .chat import ChatTask
from .classification import ClassificationTask
from .speech import SpeechTask
from .tasks import Task


def make_task(name: str, processor: Any, model: Any, max_length: int, loss_on: str = "answer") -> Task:
    if name == "text-generation":
        return ChatTask(processor, model, max_length, loss_on)
    if name == "text-classification":
        return ClassificationTask(processor, model, max_length)
    return SpeechTask(processor, model, max_length)
