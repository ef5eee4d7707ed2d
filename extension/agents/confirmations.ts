import type { AgentToolName, DryRunEstimate, Failure } from '../../schemas/generated/messages.ts';
import { describeFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import { totalsOf } from '../commands/estimate.ts';
import { escapeMarkdown } from '../base/markdown.ts';
import { formatFigure } from '../runs/format.ts';

/** A question to the person before a tool does something. */
export interface Confirmation {
  readonly title: string;
  /** Markdown. */
  readonly message: string;
}

/** Fields of inputs as far as they are shown; inputs come from a model. */
export interface ShownInput {
  readonly file?: unknown;
  readonly kind?: unknown;
  readonly run?: unknown;
  readonly model?: unknown;
  readonly version?: unknown;
  readonly policies?: unknown;
  readonly maxCost?: unknown;
}

/** What is said while a tool works. */
export function progressOf(tool: AgentToolName, input: ShownInput): string {
  const file = shown(input.file);
  switch (tool) {
    case 'aiwb_assess':
      return t('Assessing {0}', shown(input.model ?? input.policies));
    case 'aiwb_cancel':
      return t('Cancelling run {0}', shown(input.run));
    case 'aiwb_dry_run':
      return t('Estimating {0}', file);
    case 'aiwb_list':
      return t('Listing {0}', shown(input.kind));
    case 'aiwb_results':
      return t('Reading results');
    case 'aiwb_run':
      return t('Running {0}', file);
    case 'aiwb_validate':
      return t('Checking {0}', file);
  }
}

/** The question before a run: what it would ask and cost. Dialogs show Markdown without its marks, so there are but lines. */
export function confirmRun({ file, maxCost }: ShownInput, estimate: DryRunEstimate): Confirmation {
  const lines = [
    t('An agent wants to run {0} from {1}.', escapeMarkdown(estimate.name), shown(file)),
    ...totalsOf(estimate),
    ...modelLines(estimate),
    ...estimate.notes.slice(0, mostLines).map(escapeMarkdown),
    ...(typeof maxCost === 'number' ? [t('It stops before it has spent more than {0} USD.', maxCost)] : []),
  ];
  return { title: titleOf(estimate), message: lines.join('\n\n') };
}

const mostLines = 8;

function modelLines({ variants }: DryRunEstimate): string[] {
  const lines = variants.slice(0, mostLines).map(({ model, prompt, cost }) => {
    const name = prompt === undefined ? model : `${model}, ${prompt}`;
    return `${escapeMarkdown(name)}: ${cost === undefined ? t('cost unknown') : formatFigure(cost, 'USD')}`;
  });
  const more = variants.length - lines.length;
  return more === 0 ? lines : [...lines, t('and {0} more', more)];
}

/** The cost comes first. */
function titleOf({ cost, measuringCost, unpriced }: DryRunEstimate): string {
  const sum = (cost ?? 0) + (measuringCost ?? 0);
  if (sum > 0 && unpriced === undefined) return t('Start this run for about {0}?', formatFigure(sum, 'USD'));
  if (sum > 0) return t('Start this run for {0} or more?', formatFigure(sum, 'USD'));
  return unpriced === undefined ? t('Start this run?') : t('Start this run, whose cost is not known?');
}

/** The same where there is no estimate: the call that follows says why, and starts nothing that may cost. */
export function confirmUnestimated({ file }: ShownInput, failure: Failure): Confirmation {
  const message = t(
    'What running {0} would cost cannot be told. {1}',
    shown(file),
    escapeMarkdown(describeFailure(failure)),
  );
  return { title: t('Start this run?'), message };
}

export function confirmCancel({ run }: ShownInput): Confirmation {
  return {
    title: t('Cancel this run?'),
    message: t('Run {0} stops. What was done so far is kept, and it can be resumed.', shown(run)),
  };
}

export function confirmAssessment({ model, version, policies }: ShownInput): Confirmation {
  const subject = [model, version]
    .filter(part => part !== undefined)
    .map(shown)
    .join('@');
  const files = shown(policies);
  return {
    title: t('Assess this version?'),
    message:
      subject === ''
        ? t(
            'The version that {0} names is assessed. The record is kept for good, and approval is asked for where the policy says so.',
            files,
          )
        : t(
            '{0} is assessed by {1}. The record is kept for good, and approval is asked for where the policy says so.',
            subject,
            files,
          ),
  };
}

const longestShown = 200;

/** A value out of a model's input as literal Markdown. */
function shown(value: unknown): string {
  const text = Array.isArray(value) ? value.map(String).join(', ') : typeof value === 'string' ? value : '–';
  return escapeMarkdown(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
}
