import process from 'node:process';
import type { RunProgress } from '../schemas/generated/messages.ts';
import { formatNumber, formatSeconds, groupDigits } from '../engine/reports/format.ts';

/** Shows a run's progress on one line of a terminal; where there is no terminal, a line now and then. */
export function createProgressLine(): { show(progress: RunProgress): void; clear(): void } {
  const terminal = process.stderr.isTTY;
  let lastLine = 0;
  return {
    show(progress) {
      if (terminal) {
        const width = process.stderr.columns;
        process.stderr.write(`\r\u001b[2K${describeProgress(progress).slice(0, Math.max(20, width - 1))}`);
        return;
      }
      const now = performance.now();
      if (now - lastLine < 10_000) return;
      if (lastLine > 0) process.stderr.write(`${describeProgress(progress)}\n`);
      lastLine = now;
    },
    clear() {
      if (terminal) process.stderr.write('\r\u001b[2K');
    },
  };
}

/**
 * `1,204 of 1,920 (63 %) · 412/s · 2 s left · 0.12 USD · 3 failed`; of a tuning run
 * `Training: robustness · epoch 7 of 20 (35 %) · loss 0.412 · robustness 0.912 · 3 s left`.
 */
export function describeProgress(progress: RunProgress): string {
  const parts: string[] = [];
  if (progress.phase !== undefined) {
    const training = progress.training;
    const step =
      training === undefined
        ? ''
        : ` ${training.model} ${String(training.step)}/${String(training.steps)}, loss ${training.loss.toFixed(3)}`;
    parts.push(`${progress.phase}${step}`);
  }
  if (progress.waitingFor !== undefined) parts.push('waiting for a VS Code window to lend its model');
  if (progress.total > 0) {
    const percent = Math.floor((100 * progress.done) / progress.total);
    const epoch = progress.epochs === undefined ? '' : 'epoch ';
    parts.push(`${epoch}${groupDigits(progress.done)} of ${groupDigits(progress.total)} (${String(percent)} %)`);
  }
  const latest = progress.epochs?.at(-1);
  if (latest !== undefined) parts.push(`loss ${latest.trainingLoss.toFixed(3)}`);
  for (const { aspect, scores } of latest?.aspects ?? []) {
    const [score] = Object.values(scores);
    if (score !== undefined) parts.push(`${aspect.replace('-', ' ')} ${score.toFixed(3)}`);
  }
  if (progress.ratePerSecond !== undefined && progress.ratePerSecond > 0)
    parts.push(`${groupDigits(Math.round(progress.ratePerSecond))}/s`);
  if (progress.secondsLeft !== undefined && progress.done < progress.total)
    parts.push(`${formatSeconds(progress.secondsLeft)} left`);
  if (progress.cost !== undefined && progress.cost > 0) parts.push(formatNumber(progress.cost, 'USD'));
  if (progress.failed > 0) parts.push(`${groupDigits(progress.failed)} failed`);
  if (progress.retries !== undefined) parts.push(`${groupDigits(progress.retries)} retries`);
  return parts.join(' · ');
}
