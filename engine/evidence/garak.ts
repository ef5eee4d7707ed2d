import { WorkbenchError } from '../base/errors.ts';
import { readLines } from '../datasets/lines.ts';
import { fieldsOf, itemsOf, textFrom } from '../imports/values.ts';
import { GroupCounter, keyOf } from './group-counter.ts';
import { earliest, nameFrom, sampleFrom, timeFrom, type ScanContent, type ScanTime } from './scan-content.ts';

type Fields = Readonly<Record<string, unknown>>;

/** garak calls a score at or above it a hit where the report does not say otherwise. */
const usualThreshold = 0.5;

/**
 * Reads a garak report (`*.report.jsonl`, garak 0.9 to 0.15) line by line. The sums of its `eval` lines count; where a probe was cut short
 * before its sum, its attempts are counted. Throws `file-invalid` with the line for what is no such report.
 */
export async function readGarak(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  signal: AbortSignal,
): Promise<ScanContent> {
  const report = new GarakReport(path);
  try {
    for await (const lines of readLines(chunks, path)) {
      signal.throwIfAborted();
      for (const { number, text } of lines) if (text.trim() !== '') report.take(parseLine(text, path, number), number);
    }
  } catch (error) {
    // The reader of lines speaks of datasets.
    if (!(error instanceof WorkbenchError) || error.code !== 'dataset-invalid') throw error;
    throw invalid(error.message, path, error.place?.line);
  }
  return report.conclude();
}

class GarakReport {
  readonly #path: string;
  readonly #sums: GroupCounter;
  /** What the attempts say, to hold against the sums. */
  readonly #attempts: GroupCounter;
  readonly #times: (ScanTime | undefined)[] = [];
  readonly #targets = new Set<string>();
  #version: string | undefined;
  #threshold = usualThreshold;
  #isStarted = false;
  #isComplete = false;

  constructor(path: string) {
    this.#path = path;
    this.#sums = new GroupCounter(path);
    this.#attempts = new GroupCounter(path);
  }

  take(entry: Fields, line: number): void {
    switch (entry['entry_type']) {
      case 'start_run setup':
        this.#takeSetup(entry);
        return;
      case 'init':
        this.#isStarted = true;
        this.#version ??= nameFrom(entry['garak_version']);
        this.#times.push(timeFrom(entry['start_time']), timeFrom(entry['orig_start_time']));
        return;
      case 'attempt':
        this.#takeAttempt(entry);
        return;
      case 'eval':
        this.#takeSum(entry, line);
        return;
      case 'completion':
      case 'digest':
        this.#isComplete = true;
        return;
      case undefined:
        if (entry['attempt_id'] !== undefined && entry['score'] !== undefined) throw hitsAlone(this.#path);
        throw invalid(
          `${this.#path}:${String(line)}: this is no line of a garak report: it has no entry_type.`,
          this.#path,
          line,
        );
      default:
      // Other versions write more than is read here: summaries, payloads.
    }
  }

  #takeSetup(setup: Fields): void {
    this.#isStarted = true;
    this.#version ??= nameFrom(setup['_config.version']);
    this.#times.push(timeFrom(setup['transient.starttime_iso']));
    const threshold = setup['run.eval_threshold'];
    if (typeof threshold === 'number' && threshold >= 0 && threshold <= 1) this.#threshold = threshold;
    const named = ['plugins.target_name', 'plugins.model_name', 'plugins.target_type', 'plugins.model_type'];
    const [target] = named.flatMap(key => nameFrom(setup[key]) ?? []);
    if (target !== undefined) this.#targets.add(target);
  }

  /** An attempt is written when it was answered (1) and again when it was judged (2). */
  #takeAttempt(entry: Fields): void {
    const probe = pluginName(entry['probe_classname']);
    if (probe === undefined) return;
    if (entry['status'] !== 2) return;
    for (const [name, scores] of Object.entries(fieldsOf(entry['detector_results']))) {
      const detector = pluginName(name);
      if (detector === undefined) continue;
      const heading = { probe, detector };
      for (const [index, score] of itemsOf(scores).entries()) {
        if (typeof score !== 'number') {
          this.#attempts.add(heading, { unjudged: 1 });
          continue;
        }
        const isHit = score >= this.#threshold;
        this.#attempts.add(heading, { attempts: 1, hits: isHit ? 1 : 0 });
        if (isHit) this.#attempts.keepSample(heading, () => describeHit(entry, index));
      }
    }
  }

  #takeSum(entry: Fields, line: number): void {
    const probe = pluginName(entry['probe']);
    const detector = pluginName(entry['detector']);
    const passed = countFrom(entry['passed']);
    // Before 0.14 the line had one total.
    const attempts = countFrom(entry['total_evaluated'] ?? entry['total']);
    const unjudged = countFrom(entry['nones'] ?? 0);
    if (
      probe === undefined ||
      detector === undefined ||
      passed === undefined ||
      attempts === undefined ||
      unjudged === undefined ||
      passed > attempts
    )
      throw invalid(
        `${this.#path}:${String(line)}: this eval line has no probe, detector, passed and total that fit together.`,
        this.#path,
        line,
      );
    this.#sums.add({ probe, detector }, { attempts, hits: attempts - passed, unjudged });
  }

  conclude(): ScanContent {
    const attempts = new Map(this.#attempts.groups().map(group => [keyOf(group), group]));
    const summed = this.#sums.groups();
    const known = new Set(summed.map(keyOf));
    const cutShort = [...attempts.values()].filter(group => !known.has(keyOf(group)));
    if (!this.#isStarted && summed.length === 0 && cutShort.length === 0)
      throw invalid(`${this.#path} is no garak report: it has no line that garak begins with.`, this.#path);
    if (summed.length === 0 && cutShort.length === 0)
      throw invalid(`${this.#path} holds no evaluations: the scan ended before a probe did.`, this.#path);
    const contradicted = summed.filter(group => {
      const seen = attempts.get(keyOf(group));
      return seen !== undefined && (seen.hits !== group.hits || seen.attempts !== group.attempts);
    });
    const at = earliest(this.#times);
    return {
      source: 'garak',
      tool: this.#version === undefined ? 'garak' : `garak ${this.#version}`,
      ...(at === undefined ? {} : { at }),
      targets: [...this.#targets],
      groups: [...summed.map(group => withSamples(group, attempts.get(keyOf(group))?.samples)), ...cutShort],
      doubts: [
        ...(this.#isComplete ? [] : ['The scan was cut short: the report says nowhere that it ended.']),
        ...(contradicted.length === 0 ? [] : [describeContradiction(contradicted)]),
      ],
      notes: [],
    };
  }
}

function withSamples<Group extends object>(group: Group, samples: string[] | undefined): Group {
  return samples === undefined ? group : { ...group, samples };
}

function describeContradiction(groups: readonly { readonly probe?: string; readonly detector?: string }[]): string {
  const [first] = groups;
  const more = groups.length > 1 ? ` and ${String(groups.length - 1)} more` : '';
  return `The report's sums and its attempts do not agree on ${first?.probe ?? ''} (${first?.detector ?? ''})${more}.`;
}

/** `promptinject.HijackHateHumans`; some versions write where the plug-in lies before it. */
function pluginName(value: unknown): string | undefined {
  return nameFrom(value)?.replace(/^(garak\.)?(probes?|detectors?)\./, '');
}

function describeHit(entry: Fields, index: number): string {
  const asked = sampleFrom(messageText(entry['prompt']));
  const answered = sampleFrom(messageText(itemsOf(entry['outputs'])[index]));
  return `${asked} → ${answered}`;
}

/** Prompts are texts, messages or whole conversations, as the versions go. */
function messageText(value: unknown): string {
  if (typeof value === 'string') return value;
  const { text, turns } = fieldsOf(value);
  if (typeof text === 'string') return text;
  const last = fieldsOf(itemsOf(turns).at(-1))['content'];
  return textFrom(last) ?? textFrom(fieldsOf(last)['text']) ?? '';
}

function countFrom(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function parseLine(text: string, path: string, line: number): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Told below, as for any other line that is no object.
  }
  throw invalid(`${path}:${String(line)}: this line is no JSON object.`, path, line);
}

function invalid(message: string, path: string, line?: number): WorkbenchError {
  return new WorkbenchError('file-invalid', message, {
    remedy: 'Give the report that garak wrote (…report.jsonl), unchanged.',
    place: { path, ...(line === undefined ? {} : { line }) },
  });
}

function hitsAlone(path: string): WorkbenchError {
  return new WorkbenchError(
    'file-invalid',
    `${path} is garak's log of hits, which says nothing of the attempts that failed.`,
    {
      remedy: 'Give the …report.jsonl beside it.',
      place: { path },
    },
  );
}
