import type { Digest } from '../../ports/digest.ts';
import { AnswerFailure, type Model } from '../model.ts';
import type { RecordedAnswers } from './recorded.ts';

/** Raised when replaying changes in a way that makes earlier results differ. */
const version = 1;

/**
 * Answers that were recorded earlier, to be scored again; nobody is asked. Times and counts are as they were recorded, and absent where they
 * were not. `source` identifies the records: the file's digest, or the run and its variant.
 */
export function createReplayModel(
  name: string,
  answers: RecordedAnswers,
  source: readonly (string | number)[],
  digest: Digest,
): Model {
  return {
    name,
    digest: digest.sha256(JSON.stringify(['replay', version, ...source])),
    answer(question, signal) {
      signal.throwIfAborted();
      const recorded = answers.find(question);
      if (recorded === undefined) {
        const repeat = question.sample?.repeat ?? 0;
        const which = repeat === 0 ? 'this row' : `repeat ${String(repeat + 1)} of this row`;
        return Promise.reject(new AnswerFailure('model', `${name} has no recorded answer for ${which}.`, 0));
      }
      if ('failure' in recorded) {
        return Promise.reject(new AnswerFailure(recorded.failure.class, recorded.failure.message, 0));
      }
      return Promise.resolve({ ...recorded.answer, attempts: 0 });
    },
    close: () => Promise.resolve(),
  };
}
