import type { Policy } from '../../schemas/generated/files.ts';
import type { Waiver } from '../../schemas/generated/messages.ts';
import { approvalsNeeded, approversOf, endOf } from '../promotion/waiver-state.ts';
import type { ReportFinding } from '../documents/diagnostic.ts';
import type { Remembered } from './remembered.ts';
import { listWords } from '../documents/suggest.ts';

const day = 24 * 60 * 60 * 1000;
/** A waiver that ends within these milliseconds is told beforehand. */
const notice = 30 * day;

/** Tells, beside each control, of waivers that counted and have ended, and of those that soon will, unless a later one takes their place. */
export async function checkWaivers(
  policy: Policy,
  remembered: Remembered,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const controls = policy.controls ?? [];
  if (controls.length === 0) return;
  const waivers = await remembered.waivers(signal);
  signal.throwIfAborted();
  const now = remembered.now();
  const ends = lastEnds(waivers);
  controls.forEach((control, index) => {
    const own = ends.filter(end => end.control === control.id);
    const at = ['controls', index, 'id'];
    const ended = own.filter(({ expiresAt }) => expiresAt <= now);
    if (ended.length > 0) {
      const message = `The waiver of \`${control.id}\` for ${nameModels(ended)} ended on ${dateOf(newest(ended))}: it no longer counts. Meet the control, or ask for a new waiver.`;
      report('expired-waiver', 'warning', at, message);
    }
    const ending = own.filter(({ expiresAt }) => expiresAt > now && expiresAt - now <= notice);
    if (ending.length > 0) {
      const message = `The waiver of \`${control.id}\` for ${nameModels(ending)} ends on ${dateOf(newest(ending))}.`;
      report('expired-waiver', 'information', at, message);
    }
  });
}

interface WaiverEnd {
  readonly control: string;
  readonly model: string;
  readonly expiresAt: number;
}

/** When the last approved waiver of each control and model ends. */
function lastEnds(waivers: readonly Waiver[]): readonly WaiverEnd[] {
  const ends = new Map<string, WaiverEnd>();
  for (const waiver of waivers) {
    const { control, model } = waiver;
    const expiresAt = endOf(waiver);
    if (approversOf(waiver, expiresAt).length < approvalsNeeded) continue;
    const key = JSON.stringify([control, model]);
    if ((ends.get(key)?.expiresAt ?? -Infinity) < expiresAt) ends.set(key, { control, model, expiresAt });
  }
  return [...ends.values()];
}

function nameModels(ends: readonly WaiverEnd[]): string {
  return listWords(ends.map(({ model }) => model).sort(), 3);
}

function newest(ends: readonly WaiverEnd[]): number {
  return Math.max(...ends.map(({ expiresAt }) => expiresAt));
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
