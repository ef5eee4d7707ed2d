import type { LentReply } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';

type LentFailure = NonNullable<LentReply['failure']>;

/** The part of VS Code's LanguageModelError that is needed. */
interface CodedError {
  readonly message: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly name?: unknown;
}

/** Why one of VS Code's models gave no answer, classed for the run. Models report a used-up quota in several ways, all of them by name. */
export function toLentFailure(error: unknown, family: string): LentFailure {
  const { message, code, cause, name } = asCoded(error);
  const words = [code, name, asCoded(cause).name, asCoded(cause).code, message].map(String).join(' ');
  if (code === 'NoPermissions')
    return failure('refused', t('VS Code does not let AI Workbench use {0}: {1}', family, message), true);
  if (code === 'NotFound') return failure('model', t('VS Code no longer has {0}: {1}', family, message), true);
  if (/quota/i.test(words)) return failure('rate-limit', t('The quota for {0} is used up: {1}', family, message), true);
  if (/rate.?limit|too many/i.test(words))
    return failure('rate-limit', t('Too many requests for {0}: {1}', family, message), false);
  if (code === 'Blocked') return failure('refused', t('{0} did not answer: {1}', family, message), true);
  return failure('model', t('{0} failed: {1}', family, message), false);
}

export function noSuchModel(vendor: string | undefined, family: string): LentFailure {
  const name = vendor === undefined ? family : `${vendor}/${family}`;
  return failure(
    'model',
    t('VS Code has no language model {0}. The Models view lists those it lends; some need an account.', name),
    true,
  );
}

function failure(failureClass: LentFailure['class'], message: string, permanent: boolean): LentFailure {
  return { class: failureClass, message, permanent };
}

function asCoded(error: unknown): CodedError {
  if (typeof error === 'object' && error !== null) return error as CodedError;
  return { message: typeof error === 'string' ? error : '' };
}
