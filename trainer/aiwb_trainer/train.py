"""`train`: from a job's folder to a folder of events, answers and checkpoints."""

from __future__ import annotations

import gc
import math
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from .checkpoints import describe_base, is_adapter, keep_checkpoint, list_files, merge_adapter
from .device import choose_device, choose_precision, make_deterministic, untouched_randomness
from .errors import TrainerError, explain
from .events import EventLog
from .figures import is_better
from .files import publish_folder, write_json_lines
from .job import Job, read_job
from .make_task import make_task
from .measure import Validation, answer_all, answer_lines, evaluating, measure
from .models import Loaded, load_adapter, load_base, load_for_training, load_model, load_processor
from .progress import State
from .rows import Row, read_rows
from .stop import Stop
from .tasks import Counted, Example, Task
from .usage import Usage

SAVE_SECONDS = 600.0
"""A state is saved at least this often, however rarely is measured."""
LOSS_EVENTS = 500


def train_folder(folder: Path, out: Path, output: BinaryIO | None, stop: Stop, stdin: bool = False, allowed: tuple[Path, ...] = ()) -> int:
    """Trains the job in `folder` into `out`. The exit status: 0 with a result, 130 cancelled, 1 otherwise failed."""
    file = out / "events.jsonl"
    try:
        job = read_job(folder, allowed)
        state = State(out, job.digest)
    except Exception as error:
        # Another job's events stay as they are.
        with EventLog(out / "refused.jsonl" if file.exists() else file, output=output) as log:
            return tell_failure(log, error)
    with EventLog(file, state.progress.events, output) as log:
        usage = Usage(state.usage_file)
        stop.deadline = job.deadline
        stop.watch(stdin, lambda: log.emit("failure", code="cancelled", message="The job was cancelled while it was busy."))
        log.beat(usage.save)
        run = Training(job, state, log, stop, usage)
        try:
            run.run()
            return 0
        except Exception as error:
            usage.save()
            log.emit("usage", **usage.event(run.tokens()))
            return tell_failure(log, error)


def tell_failure(log: EventLog, error: BaseException) -> int:
    failure = explain(error)
    if failure.code == "unexpected":
        traceback.print_exception(error, file=sys.stderr)
    remedy = {} if failure.remedy is None else {"remedy": failure.remedy}
    log.emit("failure", code=failure.code, message=failure.message, **remedy)
    return 130 if failure.code == "cancelled" else 1


class Training:
    """One attempt at a job, beginning where the last one left off."""

    def __init__(self, job: Job, state: State, log: EventLog, stop: Stop, usage: Usage) -> None:
        self.job = job
        self.state = state
        self.progress = state.progress
        self.log = log
        self.stop = stop
        self.usage = usage
        self.device = "cpu"
        self.precision = "float32"
        self.task: Task | None = None
        self.trainer: Any = None
        self.validation: Validation | None = None
        self.total = 0
        self.per_epoch = 1
        self.saved_at = time.monotonic()

    def tokens(self) -> int:
        return self.progress.tokens if self.trainer is None else int(self.trainer.tokens)

    def run(self) -> None:
        self.log.emit("phase", phase="preparing")
        rows = {role: read_rows(self.job, role) for role in ("train", "validation", "test")}
        self.stop.check()
        self.log.emit("phase", phase="loading")
        self.device = choose_device(self.job.device)
        self.precision = choose_precision(self.job.hyperparameters.precision, self.device)
        self.usage.device = self.device
        make_deterministic(self.job.seed)
        self._count_steps(len(rows["train"]))
        if not self.progress.finished:
            self._train(rows)
        self._finish(rows["test"])

    # From rows to the last step.

    def _count_steps(self, rows: int) -> None:
        from .training import steps_per_epoch, total_steps

        parameters = self.job.hyperparameters
        if rows == 0:
            raise TrainerError("data-invalid", "There are no training rows.")
        self.per_epoch = steps_per_epoch(rows, parameters)
        self.total = total_steps(rows, parameters)

    def _train(self, rows: dict[str, list[Row]]) -> None:
        from .training import Steps, make_trainer

        job, progress = self.job, self.progress
        loaded = load_for_training(job, self.precision)
        loaded.model.to(self.device)
        self.stop.check()
        parameters = job.hyperparameters
        task = make_task(job.task, loaded.processor, loaded.model, parameters.max_length, parameters.loss_on)
        self.task = task
        examples = self._encode(task, loaded, rows["train"], rows["validation"])
        self.trainer = make_trainer(
            job,
            task,
            loaded.model,
            loaded.processor,
            examples,
            self.device,
            self.precision,
            self.state.folder,
            Steps(self._on_begin, self._on_step),
        )
        self.trainer.tokens = progress.tokens
        if progress.measured < 0:
            self._measure_base(rows["test"])
        resumed = {"resumedStep": progress.step} if progress.step > 0 else {}
        self.log.emit("phase", phase="training", totalSteps=self.total, **resumed)
        self.saved_at = time.monotonic()
        try:
            saved = str(self.state.step_folder(progress.step)) if progress.step > 0 else None
            self.trainer.train(resume_from_checkpoint=saved)
        except _NothingLeft:
            pass
        progress.tokens = self.tokens()
        self.trainer = None
        _free(loaded)

    def _encode(self, task: Task, loaded: Loaded, train: list[Row], validation: list[Row]) -> list[Example]:
        counted = Counted()
        examples = task.encode(train, counted)
        if counted.unanswered == len(examples):
            raise TrainerError(
                "data-invalid",
                f"No training row has a token to learn within maxLength ({task.max_length}).",
                "Raise hyperparameters.maxLength.",
            )
        evaluation = self.job.evaluation
        self.validation = Validation(
            rows=validation,
            examples=task.encode(validation, Counted()),
            limit=evaluation.limit,
            max_tokens=evaluation.max_tokens,
            batch_size=self.job.hyperparameters.batch_size,
            aspect=evaluation.aspect,
            figure=evaluation.figure,
        )
        if self.progress.measured >= 0:
            return examples
        for note in (*loaded.notes, *counted.notes):
            self.log.emit("note", message=note)
        if counted.cut:
            lost = f"; {counted.unanswered} of them keep nothing of their answer" if counted.unanswered else ""
            message = f"{counted.cut} of {len(examples)} training rows have more than {task.max_length} tokens and were cut{lost}."
            self.log.emit("note", message=message)
        return examples

    def _measure_base(self, test: list[Row]) -> None:
        """Figures and answers of the base, while it is in memory and untouched."""
        assert self.task is not None
        self.log.emit("phase", phase="measuring-base")
        model = self.trainer.model
        with untouched_randomness(), evaluating(model, self.precision):
            outputs = self._answer(model, self.task, test)
        write_json_lines(self.log.path.parent / "answers" / "test-base.jsonl", answer_lines(test, outputs))
        self._measure(0)

    def _answer(self, model: Any, task: Task, rows: list[Row]) -> list[str]:
        size = self.job.hyperparameters.batch_size
        return answer_all(model, task, rows, self.job.evaluation.max_tokens, size, self.stop)

    # Steps, states and measurements.

    def _on_begin(self) -> None:
        """What an earlier attempt could not measure any more is measured before the next step."""
        step = self.progress.step
        if step > 0 and self._is_measured(step) and self.progress.measured < step:
            self._measure(step)
        if self.progress.finished:
            raise _NothingLeft

    def _on_step(self) -> bool:
        progress, trainer = self.progress, self.trainer
        step = int(trainer.state.global_step)
        loss, trainer.step_loss = trainer.step_loss, 0.0
        progress.unreported.append(loss)
        if not math.isfinite(loss):
            self._tell_loss(step)
            raise TrainerError(
                "training-diverged",
                f"The loss was no number any more at step {step}.",
                "Lower hyperparameters.learningRate, or set precision: float32.",
            )
        progress.loss_sum += loss
        progress.loss_steps += 1
        if step % max(1, self.total // LOSS_EVENTS) == 0 or step == self.total:
            self._tell_loss(step)
        reason = self.stop.reason()
        keep, measured = self._is_kept(step), self._is_measured(step)
        if keep or measured or reason is not None or time.monotonic() - self.saved_at >= SAVE_SECONDS:
            self._save(step, keep, measured)
        if reason is not None:
            raise reason
        if measured:
            self._measure(step)
        return progress.finished

    def _tell_loss(self, step: int) -> None:
        losses = self.progress.unreported
        self.log.emit(
            "loss",
            step=step,
            epoch=step / self.per_epoch,
            loss=sum(losses) / len(losses),
            learningRate=float(self.trainer.lr_scheduler.get_last_lr()[0]),
        )
        self.progress.unreported = []

    def _is_due(self, step: int, steps: int, epochs: int) -> bool:
        every = steps or epochs * self.per_epoch
        return every > 0 and step % every == 0

    def _is_measured(self, step: int) -> bool:
        evaluation = self.job.evaluation
        return step == self.total or self._is_due(step, evaluation.every_steps, evaluation.every_epochs)

    def _is_kept(self, step: int) -> bool:
        return self._is_due(step, self.job.keep_steps, self.job.keep_epochs)

    def _save(self, step: int, keep: bool, measured: bool) -> None:
        """Saves the state. Where a measurement follows, it tells of the checkpoint once it knows whether it is the best."""
        progress = self.progress
        folder = self.state.step_folder(step)
        staged = folder.with_name(f".{folder.name}.part")
        self.trainer.save_state(staged)
        publish_folder(staged, folder)
        progress.step, progress.epoch, progress.tokens = step, step / self.per_epoch, self.tokens()
        if keep:
            self._keep(step)
        if not measured:
            self._tell_checkpoint(step)
        self._save_progress()
        self.saved_at = time.monotonic()

    def _save_progress(self) -> None:
        self.progress.events = self.log.size()
        self.state.save()
        self.usage.save()

    def _keep(self, step: int) -> None:
        if step not in self.progress.kept:
            keep_checkpoint(self.state.step_folder(step), self.state.checkpoint(step))
            describe_base(self.state.checkpoint(step), self.job.base, self.task.labels if self.task is not None else ())
            self.progress.kept.append(step)

    def _tell_checkpoint(self, step: int) -> None:
        best = self.progress.best == step
        self.log.emit("checkpoint", step=step, epoch=step / self.per_epoch, best=best)

    def _measure(self, step: int) -> None:
        assert self.task is not None and self.validation is not None
        progress = self.progress
        started = time.monotonic()
        measured = measure(self.trainer.model, self.task, self.validation, self.trainer.row_losses, self.precision, self.stop)
        name = f"answers/step-{step}.jsonl"
        write_json_lines(self.log.path.parent / name, measured.answers)
        self.log.emit(
            "measurement",
            step=step,
            epoch=step / self.per_epoch,
            trainingLoss=progress.loss_sum / progress.loss_steps if progress.loss_steps else None,
            seconds=time.monotonic() - started,
            aspects=measured.aspects,
            selected=measured.selected,
            answers=name,
        )
        progress.loss_sum, progress.loss_steps = 0.0, 0
        progress.measured = step
        # The base is no checkpoint, and no tuned one has to be better than it to be kept.
        if step > 0:
            self._choose(step, measured.selected)
            self._tell_checkpoint(step)
        self.log.emit("usage", **self.usage.event(self.tokens()))
        self._save_progress()

    def _choose(self, step: int, figure: float | None) -> None:
        progress, evaluation = self.progress, self.job.evaluation
        if figure is not None and is_better(figure, progress.best_figure, evaluation.direction):
            progress.best, progress.best_figure, progress.since_best = step, figure, 0
            self._keep(step)
        elif figure is not None:
            progress.since_best += 1
        is_over = evaluation.patience is not None and progress.since_best >= evaluation.patience
        progress.finished = is_over or step == self.total
        progress.stopped_early = is_over and step < self.total
        if progress.finished:
            progress.best = step if progress.best is None else progress.best
            self._keep(step)
        progress.kept = [
            kept for kept in progress.kept if kept == progress.best or self._is_kept(kept) or (progress.finished and kept == step)
        ]

    # After the last step.

    def _finish(self, test: list[Row]) -> None:
        progress = self.progress
        best = progress.best
        assert best is not None
        self.log.emit("phase", phase="exporting")
        if self.job.method.name == "lora" and self.job.method.merge:
            for step in progress.kept:
                self._merge(step)
        self.log.emit("phase", phase="answering")
        answers = self.log.path.parent / "answers"
        loaded = self._load_checkpoint(best)
        loaded.model.to(self.device)
        parameters = self.job.hyperparameters
        task = make_task(self.job.task, loaded.processor, loaded.model, parameters.max_length)
        with evaluating(loaded.model, self.precision):
            outputs = self._answer(loaded.model, task, test)
        write_json_lines(answers / "test-tuned.jsonl", answer_lines(test, outputs))
        _free(loaded)
        checkpoints = [self._describe(step) for step in sorted(progress.kept)]
        self.usage.save()
        self.log.emit("usage", **self.usage.event(progress.tokens))
        self.log.emit(
            "result",
            stoppedEarly=progress.stopped_early,
            checkpoints=checkpoints,
            answers={"base": "answers/test-base.jsonl", "tuned": "answers/test-tuned.jsonl"},
        )

    def _describe(self, step: int) -> dict[str, object]:
        folder = self.state.checkpoint(step)
        return {
            "step": step,
            "epoch": step / self.per_epoch,
            "best": step == self.progress.best,
            "last": step == self.progress.step,
            "format": "peft" if is_adapter(folder) else "transformers",
            "folder": folder.relative_to(self.log.path.parent).as_posix(),
            "files": list_files(folder),
        }

    def _load_checkpoint(self, step: int, dtype: str | None = None) -> Loaded:
        folder = self.state.checkpoint(step)
        processor = load_processor(folder, self.job.task)
        if not is_adapter(folder):
            model, _ = load_model(folder, self.job.task, self.job.labels, dtype)
            return Loaded(model, processor, folder)
        base = self.job.base
        if base.kind == "adapter" and base.base is not None:
            base = base.base
        below = load_base(base, self.job.task, self.job.labels, dtype or self.precision)
        return replace(below, model=load_adapter(below.model, folder), processor=processor)

    def _merge(self, step: int) -> None:
        place = self.state.checkpoint(step)
        if not is_adapter(place):
            return
        self.stop.check()
        loaded = self._load_checkpoint(step)
        merge_adapter(loaded.model, loaded.processor, place)
        _free(loaded)


class _NothingLeft(Exception):
    """The state that was loaded was the last one."""


def _free(loaded: Loaded) -> None:
    import torch

    loaded.model = None
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
