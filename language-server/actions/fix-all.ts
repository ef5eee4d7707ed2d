import { overlaps, type TextChange } from '../../engine/edits/change.ts';
import { offerSureFix } from './fixes.ts';
import { actionKinds, type Offer, type Scene } from './offer.ts';

/** After so many findings the rest waits for the next time. */
const mostFindings = 200;

/** One edit of every fix that nobody needs to look at. Where two touch the same text, the first in the document counts. */
export async function offerFixAll(scene: Scene, signal: AbortSignal): Promise<readonly Offer[]> {
  const findings = await scene.server.checker.find(scene.uri, scene.parsed, signal);
  const chosen: TextChange[] = [];
  let fixed = 0;
  for (const finding of findings.slice(0, mostFindings)) {
    const sure = await offerSureFix(finding, scene, signal);
    signal.throwIfAborted();
    const changes = typeof sure?.edits === 'object' ? (sure.edits.changes ?? []) : [];
    if (changes.length === 0 || overlaps(changes, chosen)) continue;
    chosen.push(...changes);
    fixed += 1;
  }
  if (fixed === 0) return [];
  return [
    {
      title: fixed === 1 ? 'Fix one finding' : `Fix ${fixed} findings`,
      kind: actionKinds.fixAll,
      edits: { changes: chosen },
    },
  ];
}
