import { t } from '../base/translate.ts';
import type { Asker, Choice } from './ask.ts';
import type { ConnectDesk, RecordedRun } from './desk.ts';
import type { Draft } from './draft.ts';
import type { Step, StepPlace, StepResult } from './flow.ts';
import { joinWords, splitWords } from './command-line.ts';

/** What providers that are no model servers need to know. */
export function detailsStep(asker: Asker, desk: ConnectDesk): Step<Draft> {
  return {
    id: 'details',
    isFor: ({ provider }) => ['http', 'command', 'replay'].includes(provider?.provider ?? ''),
    ask(draft, place) {
      switch (draft.provider?.provider) {
        case 'command':
          return askProgram(draft, place, asker);
        case 'replay':
          return askRecord(draft, place, asker, desk);
        default:
          return askOutput(draft, place, asker);
      }
    },
  };
}

async function askOutput(draft: Draft, place: StepPlace, asker: Asker): Promise<StepResult<Draft>> {
  const former = draft.details?.['output'];
  const answer = await asker.input({
    title: t('{0}: Answer', draft.provider?.title ?? ''),
    place,
    prompt: t('Path of the answer in the JSON reply. Empty: the whole reply is the answer'),
    placeholder: 'result.label',
    value: typeof former === 'string' ? former : '',
    check: text => (/^\S{0,500}$/.test(text) ? undefined : { message: t('A path such as {0}.', 'result[0].label') }),
  });
  if (answer === undefined || answer === 'back') return answer;
  return { state: { ...draft, details: answer.value === '' ? {} : { output: answer.value } } };
}

async function askProgram(draft: Draft, place: StepPlace, asker: Asker): Promise<StepResult<Draft>> {
  const former = draft.details?.['command'];
  const answer = await asker.input({
    title: t('{0}: Command', draft.provider?.title ?? ''),
    place,
    prompt: t('The program and its arguments, started in the workspace folder without a shell'),
    placeholder: 'python classify.py',
    value: Array.isArray(former) ? joinWords(former as string[]) : '',
    check: text => (splitWords(text).length > 0 ? undefined : { message: t('A program is needed.') }),
  });
  if (answer === undefined || answer === 'back') return answer;
  return { state: { ...draft, details: { command: splitWords(answer.value) } } };
}

type RecordAnswer = { readonly run: RecordedRun } | 'file';

async function askRecord(draft: Draft, place: StepPlace, asker: Asker, desk: ConnectDesk): Promise<StepResult<Draft>> {
  const file: Choice<RecordAnswer> = {
    label: t('A JSON Lines File…'),
    icon: 'file',
    value: 'file',
  };
  const answer = await asker.pick<RecordAnswer>({
    title: t('{0}: Which', draft.provider?.title ?? ''),
    place,
    placeholder: t('Whose answers are scored again?'),
    choices: [file],
    load: async () => [file, ...(await desk.runs()).map(runChoice)],
  });
  if (answer === undefined || answer === 'back') return answer;
  if (answer.value === 'file') {
    const path = await asker.file(t('Choose Recorded Answers'));
    return path === undefined ? { to: 'details' } : { state: { ...draft, details: { path } } };
  }
  const { run } = answer.value;
  if (run.models.length < 2) return { state: { ...draft, details: { run: run.id } } };
  return await askModelOfRun(draft, run, place, asker);
}

async function askModelOfRun(
  draft: Draft,
  run: RecordedRun,
  place: StepPlace,
  asker: Asker,
): Promise<StepResult<Draft>> {
  const answer = await asker.pick<string>({
    title: t('{0}: Model', run.name),
    place: { ...place, canGoBack: true },
    placeholder: t('Whose answers are scored again?'),
    choices: run.models.map(model => ({ label: model, value: model })),
  });
  if (answer === undefined) return undefined;
  if (answer === 'back') return { to: 'details' };
  return { state: { ...draft, details: { run: run.id, model: answer.value } } };
}

function runChoice(run: RecordedRun): Choice<RecordAnswer> {
  return {
    label: run.name,
    icon: 'beaker',
    description: run.description,
    detail: run.models.join(', '),
    value: { run },
  };
}
