import type {
  Failure,
  FoundRows,
  RowSize,
  TuningDataAspect,
  TuningDataLabel,
  TuningDataReport,
  TuningDataRole,
} from '../../../schemas/generated/messages.ts';
import { toWorkbenchError, type WorkbenchError } from '../../base/errors.ts';
import { estimateTokens } from '../../models/cost.ts';
import { checkAspects } from '../checks.ts';
import type { TuningTask } from '../../documents/tune-kind.ts';
import type { AspectRows, TuningRow } from '../rows.ts';
import { PersonalDataCount } from './personal-data.ts';
import { PlaceList } from './place-list.ts';

export interface InspectOptions {
  readonly name: string;
  readonly task: TuningTask;
  readonly epochs: number;
  /** Tokens of a row that are learnt from; absent where that is not known. */
  readonly maxLength?: number;
  /** US dollars for a million tokens trained, where the platform charges for them. */
  readonly price?: number;
  /** Lets the host do something else; called every few hundred rows. */
  readonly breathe?: () => Promise<void>;
}

/** Longer sounds are cut by models that hear half a minute at a time. */
const heardSeconds = 30;
const shownLongest = 5;
const mostLabels = 100;
const rowsBetweenBreaths = 250;

const roles = ['training', 'validation', 'test'] as const;

/**
 * Counts what an upload would hold: rows, tokens (an estimate), the longest rows and those that are cut, repeated rows and rows that contradict
 * one another, how classes are balanced, and what looks like personal data or a secret. No value of a row but its class is in the report.
 */
export async function inspectTuningData(
  aspects: readonly AspectRows[],
  options: InspectOptions,
  signal: AbortSignal,
): Promise<TuningDataReport> {
  const found: TuningDataAspect[] = [];
  for (const aspect of aspects) found.push(await inspectAspect(aspect, options, signal));
  const trainingTokens = found
    .flatMap(aspect => aspect.roles)
    .reduce(
      (sum, { role, inputTokens, answerTokens }) => sum + (role === 'training' ? inputTokens + answerTokens : 0),
      0,
    );
  const { name, task, epochs, price } = options;
  return {
    name,
    task,
    tokens: 'estimated',
    aspects: found,
    epochs,
    trainingTokens,
    ...(price === undefined ? {} : { cost: (trainingTokens * epochs * price) / 1_000_000 }),
    notes: notesOf(found, task),
    problems: problemsOf(aspects, task),
  };
}

async function inspectAspect(
  aspect: AspectRows,
  { task, maxLength, breathe }: InspectOptions,
  signal: AbortSignal,
): Promise<TuningDataAspect> {
  const personal = new PersonalDataCount();
  const labels = new Map<string, { -readonly [K in keyof TuningDataLabel]: TuningDataLabel[K] }>();
  const repeats = { duplicates: new PlaceList(), contradictions: new PlaceList() };
  const measured: TuningDataRole[] = [];
  let looked = 0;
  for (const role of roles) {
    const size = new RoleSize(role, task, maxLength);
    const seen = new Map<string, string>();
    for (const { dataset, ...rows } of aspect.datasets) {
      for (const row of rows[role]) {
        const place = `${dataset.path}:${String(row.line)}`;
        size.add(row, place);
        personal.add(row, place);
        countRepeats(row, place, seen, repeats);
        if (task === 'text-classification') {
          const counted = labels.get(row.label) ?? { label: row.label, training: 0, validation: 0, test: 0 };
          counted[role] += 1;
          labels.set(row.label, counted);
        }
        looked += 1;
        if (looked % rowsBetweenBreaths !== 0) continue;
        signal.throwIfAborted();
        await breathe?.();
      }
    }
    measured.push(size.finish());
  }
  const { duplicates, contradictions } = repeats;
  return {
    aspect: aspect.name,
    datasets: aspect.datasets.map(({ dataset }) => dataset.path),
    roles: measured,
    ...(labels.size === 0 ? {} : { labels: mostFrequent([...labels.values()]) }),
    personalData: personal.found(),
    ...(duplicates.rows === 0 ? {} : { duplicates: duplicates.finish() }),
    ...(contradictions.rows === 0 ? {} : { contradictions: contradictions.finish() }),
  };
}

function countRepeats(
  { content, label }: TuningRow,
  place: string,
  seen: Map<string, string>,
  { duplicates, contradictions }: { readonly duplicates: PlaceList; readonly contradictions: PlaceList },
): void {
  const earlier = seen.get(content);
  if (earlier === undefined) {
    seen.set(content, label);
    return;
  }
  duplicates.add(place);
  if (earlier !== label) contradictions.add(place);
}

/** A class that is itself somebody's number is not shown. */
function mostFrequent(labels: readonly TuningDataLabel[]): TuningDataLabel[] {
  return labels
    .toSorted((a, b) => b.training - a.training || (a.label < b.label ? -1 : 1))
    .slice(0, mostLabels)
    .map(counted => (PersonalDataCount.isFoundIn(counted.label) ? { ...counted, label: '(personal data)' } : counted));
}

/** Sums up one role's rows. */
class RoleSize {
  readonly #role: (typeof roles)[number];
  readonly #task: TuningTask;
  readonly #maxLength: number | undefined;
  readonly #cut = new PlaceList();
  #rows = 0;
  #input = 0;
  #answer = 0;
  #seconds = 0;
  #longest: RowSize[] = [];

  constructor(role: (typeof roles)[number], task: TuningTask, maxLength: number | undefined) {
    this.#role = role;
    this.#task = task;
    this.#maxLength = maxLength;
  }

  add({ text, messages, label, audio, seconds }: TuningRow, place: string): void {
    const characters = messages?.reduce((sum, { content }) => sum + content.length, 0) ?? text.length;
    const input = audio === undefined ? estimateTokens(characters) : 0;
    // A class is one output of the model, not a text that it writes.
    const answer = this.#task === 'text-classification' ? 0 : estimateTokens(label.length);
    const tokens = input + answer;
    this.#rows += 1;
    this.#input += input;
    this.#answer += answer;
    this.#seconds += seconds ?? 0;
    const isCut =
      audio === undefined ? this.#maxLength !== undefined && tokens > this.#maxLength : (seconds ?? 0) > heardSeconds;
    if (isCut) this.#cut.add(place);
    const shortest = this.#longest.at(-1);
    if (this.#longest.length === shownLongest && shortest !== undefined && sizeOf(shortest) >= (seconds ?? tokens))
      return;
    this.#longest.push({ place, tokens, ...(seconds === undefined ? {} : { seconds }) });
    this.#longest.sort((a, b) => sizeOf(b) - sizeOf(a));
    this.#longest = this.#longest.slice(0, shownLongest);
  }

  finish(): TuningDataRole {
    const cut: FoundRows | undefined = this.#cut.rows === 0 ? undefined : this.#cut.finish();
    return {
      role: this.#role,
      rows: this.#rows,
      inputTokens: this.#input,
      answerTokens: this.#answer,
      ...(this.#seconds === 0 ? {} : { seconds: this.#seconds }),
      longest: this.#longest,
      ...(cut === undefined ? {} : { cut }),
    };
  }
}

function sizeOf({ tokens, seconds }: RowSize): number {
  return seconds ?? tokens;
}

/** What stands with every count of tokens. */
export const estimateNote = 'Tokens are estimated: four characters a token. Other languages than English need more.';

function notesOf(aspects: readonly TuningDataAspect[], task: TuningTask): string[] {
  const rows = aspects.flatMap(aspect => aspect.roles);
  const training = rows.filter(({ role }) => role === 'training').reduce((sum, each) => sum + each.rows, 0);
  const notes = [estimateNote];
  if (task !== 'text-classification' && training < 50)
    notes.push(
      `There are ${String(training)} rows to learn from; fewer than 50 seldom change a model that writes text.`,
    );
  if (aspects.some(({ personalData }) => personalData.length > 0))
    notes.push(
      'What looks like personal data is found by rules: some of it is chance, and names are not found at all. Look at the rows before they are sent anywhere.',
    );
  return notes;
}

function problemsOf(aspects: readonly AspectRows[], task: TuningTask): Failure[] {
  try {
    checkAspects(aspects, task);
    return [];
  } catch (error) {
    return [toFailure(toWorkbenchError(error))];
  }
}

function toFailure({ code, message, remedy, place }: WorkbenchError): Failure {
  return {
    code,
    message,
    ...(remedy === undefined ? {} : { remedy }),
    ...(place === undefined ? {} : { place }),
  };
}
