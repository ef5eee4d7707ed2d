import type { ControlResult, Evidence, Waiver } from '../../schemas/generated/messages.ts';
import { showPlain } from '../reports/shown-text.ts';
import { describeDate } from '../base/dates.ts';
import { describePerson } from '../people/describe-person.ts';

/** Said in every export that has room for it. */
export const caution = 'A coverage indicator, not legal advice or certification.';

/** Text of a record on one line, without anything unseen in it that steers a terminal or turns text around. */
export function plainLine(text: string): string {
  return showPlain(text).replace(/\s+/g, ' ').trim();
}

/** Whether a control did not come out as its policy asks. */
export function isFailure({ outcome }: Pick<ControlResult, 'outcome'>): boolean {
  return outcome === 'non-compliant' || outcome === 'partial';
}

/** `Known, and small. Until 2026-10-11, approved by Bea (…) and …. In its place: …` */
export function describeWaiver({ reason, expiresAt, approvals, compensatingControls = [] }: Waiver): string {
  const by = approvals.map(approval => describePerson(approval.by)).join(' and ');
  const instead =
    compensatingControls.length === 0 ? '' : ` In its place: ${compensatingControls.join('; ').replace(/\.$/, '')}.`;
  const approved = by === '' ? '' : `, approved by ${by}`;
  return plainLine(`${reason} Until ${describeDate(expiresAt)}${approved}.${instead}`);
}

/** `run: triage-core, run run-9`, `model-card: Model card, cards/triage.md:12, “Routing of tickets.”` */
export function describeEvidence({ kind, title, runId, path, line, tool, quote, page, by }: Evidence): string {
  const parts = [
    title,
    ...(tool === undefined ? [] : [`by ${tool}`]),
    ...(runId === undefined || title.includes(runId) ? [] : [`run ${runId}`]),
    ...(path === undefined ? [] : [line === undefined ? path : `${path}:${String(line)}`]),
    ...(page === undefined ? [] : [`page ${String(page)}`]),
    ...(by === undefined ? [] : [describePerson(by)]),
    ...(quote === undefined ? [] : [`“${quote}”`]),
  ];
  return plainLine(`${kind}: ${parts.join(', ')}`);
}

/** Where a control comes from: `policy.pdf, page 12: “…”`; undefined where its policy does not say. */
export function describeSource({ source }: Pick<ControlResult, 'source'>): string | undefined {
  if (source === undefined) return undefined;
  const page = source.page === undefined ? '' : `, page ${String(source.page)}`;
  return plainLine(`${source.document}${page}: “${source.quote}”`);
}
