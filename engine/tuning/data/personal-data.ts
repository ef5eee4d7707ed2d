import type { PersonalDataFound } from '../../../schemas/generated/messages.ts';
import { findPii, piiLabels, type PiiKind } from '../../metrics/pii-rules.ts';
import type { TuningRow } from './row.ts';
import { PlaceList } from './place-list.ts';

const kinds = Object.keys(piiLabels) as PiiKind[];

/** Counts what looks like personal data or a secret in rows. Values are looked at and never kept. */
export class PersonalDataCount {
  readonly #found = new Map<PiiKind, { matches: number; readonly places: PlaceList }>();

  static isFoundIn(text: string): boolean {
    return findPii(text, kinds).size > 0;
  }

  add({ text, messages, label, slices, audio, groupName }: TuningRow, place: string): void {
    const asked = messages?.map(({ content }) => content).join('\n') ?? (audio === undefined ? text : '');
    const all = [asked, label, ...Object.values(slices), groupName ?? ''].join('\n');
    for (const [kind, matches] of findPii(all, kinds)) {
      const known = this.#found.get(kind) ?? { matches: 0, places: new PlaceList() };
      known.matches += matches;
      known.places.add(place);
      this.#found.set(kind, known);
    }
  }

  found(): PersonalDataFound[] {
    return kinds.flatMap(kind => {
      const known = this.#found.get(kind);
      return known === undefined
        ? []
        : [{ kind, label: piiLabels[kind], matches: known.matches, ...known.places.finish() }];
    });
  }
}
