import type { ScanGroup } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';

/** More headings than this are no report that a person could stand for. */
const mostGroups = 5_000;
/** Hits kept as text for each heading. */
const mostSamples = 3;
/** And for all of them together: a record is no copy of the report. */
const mostSamplesInAll = 300;

type Heading = Omit<ScanGroup, 'attempts' | 'hits' | 'unjudged' | 'samples'>;

/** Counts what a scanner found under each heading, in memory bounded by the headings. */
export class GroupCounter {
  readonly #path: string;
  #samples = 0;
  readonly #groups = new Map<
    string,
    { heading: Heading; attempts: number; hits: number; unjudged: number; samples: string[] }
  >();

  /** `path` names the report where it has too many headings. */
  constructor(path: string) {
    this.#path = path;
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Throws `file-invalid` where there are too many headings. */
  add(
    heading: Heading,
    counts: { readonly attempts?: number; readonly hits?: number; readonly unjudged?: number },
  ): void {
    const group = this.#groupOf(heading);
    group.attempts += counts.attempts ?? 0;
    group.hits += counts.hits ?? 0;
    group.unjudged += counts.unjudged ?? 0;
  }

  /** Keeps a hit's text as long as there are few; `write` is called only then. */
  keepSample(heading: Heading, write: () => string): void {
    const { samples } = this.#groupOf(heading);
    if (samples.length >= mostSamples || this.#samples >= mostSamplesInAll) return;
    samples.push(write());
    this.#samples += 1;
  }

  /** In the order in which the headings came. */
  groups(): readonly ScanGroup[] {
    return [...this.#groups.values()].map(({ heading, attempts, hits, unjudged, samples }) => ({
      ...heading,
      attempts,
      hits,
      ...(unjudged === 0 ? {} : { unjudged }),
      ...(samples.length === 0 ? {} : { samples }),
    }));
  }

  #groupOf(heading: Heading) {
    const key = keyOf(heading);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= mostGroups) {
      throw new WorkbenchError('file-invalid', `${this.#path} has more than ${String(mostGroups)} headings.`, {
        remedy: 'Scan with fewer probes or rules at a time, and add each report.',
        place: { path: this.#path },
      });
    }
    const group = { heading, attempts: 0, hits: 0, unjudged: 0, samples: [] };
    this.#groups.set(key, group);
    return group;
  }
}

/** The same heading has the same key. */
export function keyOf({ probe, detector, plugin, strategy, rule, level }: Heading): string {
  return JSON.stringify([probe, detector, plugin, strategy, rule, level].map(part => part ?? null));
}
