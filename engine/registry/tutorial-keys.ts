import type { Artifact, DocArtifact, MetricArtifact, ModelVersion } from '../../schemas/generated/messages.ts';
import type { ModelRegistry } from '../ports/registry.ts';

/** Marks of the OpenShift AI tutorial: results on default data, and on a team's own. */
const marks = { baseline: '🔵', custom: '🛠️' } as const;

const tutorialKey = /^(🔵|🛠)\uFE0F?\s*(\S.*)$/u;

/** What the tutorial calls the tools. */
const tools: Readonly<Record<string, string>> = {
  guidellm: 'GuideLLM',
  'lm-eval': 'lm_eval',
  inspect: 'Inspect',
  promptfoo: 'promptfoo',
};

/** A link to results that the tutorial's pipelines, or ours when asked, put among a version's properties. */
export interface TutorialLink {
  /** Such as `GuideLLM Results UI`. */
  readonly label: string;
  readonly url: string;
  readonly scope: 'baseline' | 'custom';
}

/** Whether a property is one of the tutorial's. */
export function isTutorialKey(key: string): boolean {
  return tutorialKey.test(key);
}

/** The tutorial's links of a version, in the order of their properties. Values that are no http, https or s3 address are none. */
export function tutorialLinks({ customProperties }: Pick<ModelVersion, 'customProperties'>): TutorialLink[] {
  return Object.entries(customProperties).flatMap(([key, value]): TutorialLink[] => {
    const found = tutorialKey.exec(key);
    const [, mark, label] = found ?? [];
    if (label === undefined || typeof value !== 'string' || !isLink(value)) return [];
    return [{ label, url: value, scope: mark === marks.baseline ? 'baseline' : 'custom' }];
  });
}

function isLink(text: string): boolean {
  if (!URL.canParse(text)) return false;
  return ['http:', 'https:', 's3:'].includes(new URL(text).protocol);
}

/**
 * The tutorial's properties for the results of these artifacts, the newest of each tool and scope: the page of the version where
 * people look, and the address of the raw results. They hold one set of results: numbers, and every earlier run, are in the artifacts.
 */
export function tutorialProperties(
  artifacts: readonly Artifact[],
  registry: Pick<ModelRegistry, 'name' | 'type'>,
  page: string | undefined,
): { readonly properties: Readonly<Record<string, string>>; readonly notes: readonly string[] } {
  if (registry.type !== 'kubeflow') {
    return { properties: {}, notes: [`The tutorial's keys are for Kubeflow registries; ${registry.name} is none.`] };
  }
  const properties: Record<string, string> = {};
  const notes: string[] = [];
  const results = artifacts.filter((one): one is DocArtifact => isResults(one));
  const dated = results.flatMap(doc => {
    const figure = artifacts.find(
      (one): one is MetricArtifact => one.artifactType === 'metric' && one.runId === doc.runId,
    );
    return figure === undefined || figure.scope === 'tuning'
      ? []
      : [{ doc, scope: figure.scope, at: figure.timestamp }];
  });
  for (const { doc, scope } of dated.sort((a, b) => a.at - b.at)) {
    const tool = doc.tool ?? 'AI Workbench';
    const name = `${marks[scope]} ${Object.hasOwn(tools, tool) ? tools[tool] : tool} Results`;
    if (page !== undefined && isLink(page)) properties[`${name} UI`] = page;
    if (isLink(doc.uri)) properties[`${name} S3`] = doc.uri;
    else
      notes.push(`The raw results of run ${doc.runId ?? ''} have no address to link to: "${name} S3" is not written.`);
  }
  if (dated.length === 0)
    notes.push('There are no results of a run to link to: none of the tutorial’s keys is written.');
  return { properties, notes };
}

function isResults(artifact: Artifact): boolean {
  return (
    artifact.artifactType === 'doc-artifact' &&
    artifact.runId !== undefined &&
    artifact.name === `${artifact.runId}/results`
  );
}
