import { canonicalJson } from '../../schemas/canonical.ts';
import type { DocArtifact } from '../../schemas/generated/messages.ts';
import { serialiseScorecard, viewScorecard } from '../governance/scorecard.ts';
import { makeScorecard } from '../governance/view.ts';
import { renderOscal } from '../governance-exports/oscal.ts';
import type { Digest } from '../ports/digest.ts';
import type { LocalVersion } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';
import type { Parcel } from './content.ts';

/**
 * The version's newest scorecard, for people and as OSCAL for other programs, and, where nobody signed it, its newest promotion record as files. A scorecard before and after its approval are two: what was
 * published is never changed.
 */
export async function governanceParcels(
  { model, version }: LocalVersion,
  { store, digest, workbench }: { readonly store: Store; readonly digest: Digest; readonly workbench: string },
): Promise<readonly Parcel[]> {
  const parcels: Parcel[] = [];
  const [assessment] = await store.ledger.list({ kind: 'assessment', model, version, limit: 1 });
  if (assessment !== undefined && assessment.payload !== null) {
    const scorecard = await makeScorecard(assessment.id, { store, digest });
    const suffix = scorecard.approval.state === 'approved' ? '/approved' : '';
    const title = `Scorecard: ${scorecard.record.gate.outcome}`;
    const name = `scorecard/${assessment.id}${suffix}`;
    parcels.push(parcel(name, title, () => serialiseScorecard(scorecard), workbench));
    const view = viewScorecard(scorecard, digest);
    // OSCAL has no form for a record without controls, and nothing in it would show that one was changed.
    if (view.verification.state === 'verified' && scorecard.record.controls.length > 0) {
      const sha256 = (text: string): string => digest.sha256(text);
      const oscal = (): string => renderOscal({ view, places: new Map(), sha256 });
      parcels.push(parcel(`${name}/oscal`, `${title} (OSCAL)`, oscal, workbench));
    }
  }
  const [promotion] = await store.ledger.list({ kind: 'promotion', model, version, limit: 1 });
  // A signed promotion has its record with the version already, to be verified anywhere.
  if (promotion !== undefined && promotion.payload !== null && !isSigned(promotion.payload)) {
    const { id, at, actor, payload, digest: sealed } = promotion;
    const text = (): string => `${canonicalJson({ id, at, actor, digest: sealed, payload })}\n`;
    parcels.push(parcel(`promotion/${id}`, 'Promotion record', text, workbench));
  }
  return parcels;
}

function isSigned(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'signed' in payload;
}

function parcel(name: string, title: string, render: () => string, workbench: string): Parcel {
  const artifact: DocArtifact = {
    artifactType: 'doc-artifact',
    name,
    uri: '',
    title,
    tool: 'AI Workbench',
    toolVersion: workbench,
  };
  return { artifact, content: () => Promise.resolve(new TextEncoder().encode(render())) };
}
