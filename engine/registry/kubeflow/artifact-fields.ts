import type { Artifact } from '../../../schemas/generated/messages.ts';

/** How one field of an artifact of ours is kept: in a field of the API, or in a property. */
export interface ArtifactField {
  readonly field: string;
  /** Field of the API. */
  readonly native?: string;
  /** Property, where the API has no field for it. */
  readonly property?: string;
  readonly kind: 'text' | 'number' | 'flag' | 'time';
  /** The only texts that count. */
  readonly values?: readonly string[];
}

const text = (field: string, property: string): ArtifactField => ({ field, property, kind: 'text' });
const number = (field: string, property: string): ArtifactField => ({ field, property, kind: 'number' });
const native = (field: string): ArtifactField => ({ field, native: field, kind: 'text' });

const run = text('runId', 'aiw.run_id');
const digest = text('digest', 'aiw.digest');
const bytes = number('bytes', 'aiw.bytes');
const tool = [text('tool', 'aiw.tool'), text('toolVersion', 'aiw.tool_version')];

export const artifactFields: Readonly<Record<Artifact['artifactType'], readonly ArtifactField[]>> = {
  'model-artifact': [
    native('uri'),
    native('modelFormatName'),
    native('modelFormatVersion'),
    digest,
    bytes,
    { field: 'source', native: 'modelSourceName', kind: 'text' },
  ],
  'doc-artifact': [native('uri'), digest, bytes, text('path', 'aiw.path'), run, ...tool, text('title', 'aiw.title')],
  'dataset-artifact': [
    native('digest'),
    native('uri'),
    number('rows', 'aiw.rows'),
    { ...text('role', 'aiw.role'), values: ['train', 'validation', 'test', 'benchmark'] },
    run,
    { field: 'private', property: 'aiw.private', kind: 'flag' },
  ],
  metric: [
    { field: 'value', native: 'value', kind: 'number' },
    { field: 'timestamp', native: 'timestamp', kind: 'time' },
    text('metric', 'aiw.metric'),
    text('label', 'aiw.label'),
    { ...text('unit', 'aiw.unit'), values: ['ratio', 'points', 'score', 'ms', 'tokens', 'USD', 'count'] },
    { ...text('direction', 'aiw.direction'), values: ['higher', 'lower', 'neutral'] },
    number('n', 'aiw.n'),
    number('low', 'aiw.low'),
    number('high', 'aiw.high'),
    number('confidence', 'aiw.confidence'),
    number('stderr', 'aiw.stderr'),
    run,
    text('task', 'aiw.task'),
    { ...text('scope', 'aiw.scope'), values: ['baseline', 'custom', 'tuning'] },
    text('datasetDigest', 'aiw.dataset_digest'),
    text('hardwareType', 'aiw.hardware_type'),
    number('hardwareCount', 'aiw.hardware_count'),
    text('useCase', 'aiw.use_case'),
    ...tool,
  ],
  parameter: [run],
};

/** Fields of the API that artifacts of others carry and ours have no place for: they are shown as properties. */
export const shownFields = [
  'description',
  'storageKey',
  'storagePath',
  'serviceAccountName',
  'modelSourceKind',
  'modelSourceClass',
  'modelSourceGroup',
  'modelSourceId',
  'sourceType',
  'source',
  'schema',
  'profile',
  'step',
] as const;
