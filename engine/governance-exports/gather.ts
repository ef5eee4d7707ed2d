import type { Artifact, ScorecardView } from '../../schemas/generated/messages.ts';
import type { ScorecardFormat } from '../../schemas/scorecard-formats.ts';
import { WorkbenchError } from '../base/errors.ts';
import { newestCard } from '../registry/version-cards.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { makeScorecard, viewAssessment } from '../governance/view.ts';
import type { Blobs } from '../ports/blobs.ts';
import { locateControls } from './places.ts';
import type { ExportedSubject, ExportSource } from './source.ts';

export type GatherPorts = Pick<GovernancePorts, 'store' | 'digest' | 'files' | 'signing'>;

/** Formats that tell about the version itself, beside what the record says. */
const tellOfVersion: ReadonlySet<ScorecardFormat> = new Set<ScorecardFormat>(['cyclonedx', 'model-card']);

/** A stored assessment with what these formats need. Throws what `viewAssessment` throws, and what reading the version's card throws. */
export async function gatherAssessment(
  id: string,
  formats: readonly ScorecardFormat[],
  folder: string,
  ports: GatherPorts,
  signal: AbortSignal,
): Promise<ExportSource> {
  const seen = await viewAssessment(id, ports, signal);
  const view = { ...seen, scorecard: await makeScorecard(id, ports) };
  const source = await gatherScorecard(view, formats, folder, ports, signal);
  if (!formats.some(format => tellOfVersion.has(format))) return source;
  const subject = await readSubject(view, ports, signal);
  if (subject === undefined) return source;
  const card = await readNewestCard(subject.artifacts, ports.store.blobs);
  return { ...source, subject, ...(card === undefined ? {} : { card }) };
}

/** What a scorecard file alone gives, with the policies of the folder where they are at hand. */
export async function gatherScorecard(
  view: ScorecardView,
  formats: readonly ScorecardFormat[],
  folder: string,
  { files, digest }: Pick<GatherPorts, 'files' | 'digest'>,
  signal: AbortSignal,
): Promise<ExportSource> {
  const { record } = view.scorecard;
  return {
    view,
    places: formats.includes('sarif') ? await locateControls(record, folder, files, signal) : new Map(),
    sha256: text => digest.sha256(text),
  };
}

/** Absent where the record names a version that there is not, as one that was changed may. */
async function readSubject(
  { scorecard }: ScorecardView,
  { store: { registry } }: GatherPorts,
  signal: AbortSignal,
): Promise<ExportedSubject | undefined> {
  const { model, version } = scorecard.record.subject;
  const versions = await registry.listVersions(model, signal);
  const found = versions.find(each => each.version === version);
  if (found === undefined) return undefined;
  return {
    model: await registry.getModel(model, signal),
    version: found,
    artifacts: await registry.listArtifacts(model, version, signal),
  };
}

async function readNewestCard(artifacts: readonly Artifact[], blobs: Blobs): Promise<string | undefined> {
  const digest = newestCard(artifacts)?.digest;
  if (digest === undefined) return undefined;
  const bytes = await blobs.read(digest);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new WorkbenchError('file-invalid', 'The card that is kept with the version is no UTF-8 text.', { cause });
  }
}
