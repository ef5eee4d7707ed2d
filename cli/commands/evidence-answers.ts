import process from 'node:process';
import type { Command } from 'commander';
import type { DocumentAnswer } from '../../schemas/generated/messages.ts';
import { plainLine, plainText } from '../../engine/base/plain-text.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { answerDocuments, type AnswerStep } from '../../engine/evidence/answer-documents.ts';
import { askDocuments } from '../../engine/evidence/ask-documents.ts';
import { openReader, readerNamed } from '../../engine/evidence/open-reader.ts';
import { reviewAnswer } from '../../engine/evidence/review-answer.ts';
import { describePerson } from '../../engine/people/describe-person.ts';
import { countOf, formatNumber } from '../../engine/reports/format.ts';
import { connectionNamed } from '../../engine/workspace/workspace.ts';
import {
  allowCommandsOption,
  allowOriginOption,
  checkPrograms,
  createTerminalAccess,
  type AccessOptions,
} from '../access.ts';
import { createGovernancePorts, createHost, createRunPorts, withStore } from '../composition.ts';
import { noWindow } from '../connecting/try.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { printNote } from '../output.ts';
import { requireLocalVersion } from '../version-reference.ts';
import { print, withGovernance, type Run } from './governed.ts';

interface AskOptions extends AccessOptions, GlobalOptions {
  readonly model?: string;
  readonly budget?: string;
}

interface AnswerOptions extends GlobalOptions {
  readonly met?: boolean;
  readonly notMet?: boolean;
  readonly unclear?: boolean;
  readonly quote?: readonly string[];
  readonly document?: readonly string[];
  readonly explanation?: string;
}

interface ReviewOptions extends GlobalOptions {
  readonly confirm?: boolean;
  readonly reject?: boolean;
  readonly comment?: string;
}

/** What documents say: a model's proposal, a person's answer, a person's word on a model's. */
export function addEvidenceAnswers(evidence: Command, run: Run): void {
  evidence
    .command('ask')
    .description('Have a model answer a document check from the version’s documents; a person must confirm it')
    .argument('<version>', 'MODEL@V')
    .argument('<check>', 'id of the check')
    .option('--model <name>', 'connection that reads the documents (default: the workspace’s judge)')
    .option('--budget <usd>', 'most US dollars it may cost')
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .action((name: string, check: string, options: AskOptions, command: Command) =>
      run(() => ask(name, check, { ...options, ...globalOptions(command) })),
    );
  evidence
    .command('answer')
    .description('Answer a document check yourself; not by author or trainer')
    .argument('<version>', 'MODEL@V')
    .argument('<check>', 'id of the check')
    .option('--met', 'the documents show it; needs a quote')
    .option('--not-met', 'it is not so')
    .option('--unclear', 'the documents do not say')
    .option('--quote <text>', 'words of a document, copied (may be repeated)', collect)
    .option(
      '--document <name>',
      'the document a quote is from, in the order of the quotes; one for all of them is enough',
      collect,
    )
    .option('--explanation <text>', 'kept with the answer')
    .action((name: string, check: string, options: AnswerOptions, command: Command) =>
      run(() => answer(name, check, { ...options, ...globalOptions(command) })),
    );
  evidence
    .command('review')
    .description('Confirm or reject a model’s answer; not by author or trainer')
    .argument('<answer>', 'its id, or the beginning of it')
    .option('--confirm', 'it is so')
    .option('--reject', 'it is not, and the check is open again')
    .option('--comment <text>', 'kept with your word')
    .action((id: string, options: ReviewOptions, command: Command) =>
      run(() => review(id, { ...options, ...globalOptions(command) })),
    );
}

async function ask(name: string, check: string, options: AskOptions): Promise<ExitCode> {
  const { model, version } = requireLocalVersion(name);
  const budget = readBudget(options.budget);
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    return await withStore(host, process.cwd(), options.store, signal, async (store, workspace): Promise<ExitCode> => {
      const reader = readerNamed(options.model, workspace);
      const access = createTerminalAccess(options);
      const connection = connectionNamed(workspace, reader);
      if (connection.provider === 'command') checkPrograms([connection.command], access);
      const ports = await createRunPorts(host, workspace, access, {}, signal);
      const open = await openReader(reader, workspace, budget, ports, { runs: store, lent: noWindow(reader) }, signal);
      try {
        const step = { model, version, check, folder: workspace.folder };
        const asked = await askDocuments(step, createGovernancePorts(host, store), open, signal);
        print(asked.answer, describe(asked.answer), options);
        if (asked.cost !== undefined) printNote(`It cost ${formatNumber(asked.cost, 'USD')}.`);
        printNote(`It counts once a person has confirmed it: \`aiwb evidence review ${asked.answer.id} --confirm\`.`);
        return 0;
      } finally {
        await open.close();
      }
    });
  } finally {
    interrupts.dispose();
  }
}

function answer(name: string, check: string, options: AnswerOptions): Promise<ExitCode> {
  const { model, version } = requireLocalVersion(name);
  const { explanation } = options;
  const verdict = readVerdict(options);
  const quotes = pairQuotes(options);
  return withGovernance(options, async (ports, folder, signal) => {
    const step = {
      model,
      version,
      check,
      folder,
      verdict,
      quotes,
      ...(explanation === undefined ? {} : { explanation }),
    };
    const given = await answerDocuments(step, ports, signal);
    print(given, `${describe(given)}\nIt counts from the next assessment on.`, options);
    return 0;
  });
}

function review(answerId: string, options: ReviewOptions): Promise<ExitCode> {
  const { confirm = false, reject = false, comment } = options;
  if (confirm === reject) {
    throw new WorkbenchError('usage', 'Is the answer right?', { remedy: 'Give --confirm or --reject.' });
  }
  const decision = confirm ? 'confirmed' : 'rejected';
  return withGovernance(options, async (ports, folder, signal) => {
    const step = { answerId, decision, folder, ...(comment === undefined ? {} : { comment }) } as const;
    const reviewed = await reviewAnswer(step, ports, signal);
    print(
      reviewed,
      `${describe(reviewed)}\nThe answer is ${decision}. That counts from the next assessment on.`,
      options,
    );
    return 0;
  });
}

function readVerdict({ met = false, notMet = false, unclear = false }: AnswerOptions): AnswerStep['verdict'] {
  const given = [met, notMet, unclear].filter(Boolean).length;
  if (given !== 1) {
    throw new WorkbenchError('usage', 'What do the documents show?', {
      remedy: 'Give one of --met, --not-met and --unclear.',
    });
  }
  return met ? 'met' : notMet ? 'not-met' : 'unclear';
}

function pairQuotes({ quote: quotes = [], document: documents = [] }: AnswerOptions): AnswerStep['quotes'] {
  if (documents.length !== 1 && documents.length !== quotes.length) {
    throw new WorkbenchError(
      'usage',
      `${String(quotes.length)} quotes and ${String(documents.length)} documents do not go together.`,
      { remedy: 'Give --document once for all quotes, or once for each.' },
    );
  }
  return quotes.map((quote, at) => ({ quote, document: documents[at] ?? documents[0] ?? '' }));
}

function readBudget(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const budget = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (budget > 0) return budget;
  throw new WorkbenchError('usage', `"${text}" is no amount of US dollars.`, { remedy: 'Write it like 0.50.' });
}

const verdicts = { met: 'Met', 'not-met': 'Not met', unclear: 'Unclear' } as const;

/** What a model or document says is foreign: it is shown without characters that are not seen. */
function describe({ verdict, question, explanation = '', quotes, by, lost = 0 }: DocumentAnswer): string {
  const who = by.kind === 'person' ? describePerson(by.identity) : by.model;
  return [
    `${verdicts[verdict]}, says ${plainLine(who, 200)}: ${plainLine(question, 300)}`,
    ...(explanation === '' ? [] : [`  ${plainText(explanation, 2000)}`]),
    ...quotes.map(({ name, page, quote }) => {
      const place = page === undefined ? '' : `, page ${String(page)}`;
      return `  “${plainLine(quote, 500)}” (${plainLine(name, 200)}${place})`;
    }),
    ...(lost === 0
      ? []
      : [
          `  ${countOf(lost, 'quote')} ${lost === 1 ? 'stands in no document and was' : 'stand in no document and were'} dropped.`,
        ]),
  ].join('\n');
}
