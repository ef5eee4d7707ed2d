import type { AssessmentRecord, CheckResult, DocumentAnswer } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { plain } from '../connect/words.ts';

/** A question that an assessment asks documents. */
export interface DocumentCheckRow {
  readonly control: string;
  readonly check: CheckResult & { readonly question: string };
}

/** Document checks of an assessment, those that do not pass first. */
export function documentChecks({ controls }: Pick<AssessmentRecord, 'controls'>): DocumentCheckRow[] {
  return controls
    .flatMap(({ id, checks }) =>
      checks.flatMap(check => {
        const { question } = check;
        return question === undefined ? [] : [{ control: id, check: { ...check, question } }];
      }),
    )
    .sort((a, b) => Number(a.check.state === 'pass') - Number(b.check.state === 'pass'));
}

/** A model's answer as a person is shown it before saying a word on it. */
export interface Reviewable {
  readonly answerId: string;
  readonly check: string;
  readonly question: string;
  /** What the model says, on lines. */
  readonly lines: readonly string[];
}

/** Answers of models that an assessment found waiting for a person. */
export function waitingAnswers({ controls }: Pick<AssessmentRecord, 'controls'>): Reviewable[] {
  return controls.flatMap(({ checks }) =>
    checks.flatMap(({ id, question, answerId, state, reason, evidence }) => {
      if (question === undefined || answerId === undefined || state !== 'needs-review') return [];
      const quotes = evidence.flatMap(({ quote, title, page }) =>
        quote === undefined ? [] : [quoteLine(quote, title, page)],
      );
      return [{ answerId, check: id, question, lines: [plain(reason), ...quotes] }];
    }),
  );
}

/** An answer that has just come, as it is shown for review. */
export function reviewableAnswer({
  id,
  check,
  question,
  verdict,
  explanation,
  quotes,
  lost = 0,
}: DocumentAnswer): Reviewable {
  return {
    answerId: id,
    check,
    question,
    lines: [
      verdictWord(verdict),
      ...(explanation === undefined || explanation === '' ? [] : [plain(explanation)]),
      ...quotes.map(({ quote, name, page }) => quoteLine(quote, name, page)),
      ...(lost === 0 ? [] : [t('{0} quotes it gave stand in no document and were dropped.', lost)]),
    ],
  };
}

export function verdictWord(verdict: DocumentAnswer['verdict']): string {
  switch (verdict) {
    case 'met':
      return t('The documents show it');
    case 'not-met':
      return t('It is not met');
    case 'unclear':
      return t('The documents do not say');
  }
}

/** Quotes are foreign text: one line each, in quotation marks, with their place. */
function quoteLine(quote: string, name: string, page: number | undefined): string {
  const place = page === undefined ? plain(name) : t('{0}, page {1}', plain(name), page);
  return `“${plain(quote)}” (${place})`;
}
