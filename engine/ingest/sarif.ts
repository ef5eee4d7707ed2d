import type { IngestFinding, IngestReport } from '../../schemas/generated/messages.ts';

const levels = { unsafe: 'error', warning: 'warning', note: 'note' } as const;

/** The findings as SARIF 2.1.0; accepted ones are suppressed. */
export function toSarif({ findings, workbench, source }: IngestReport): unknown {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'aiwb registry ingest', version: workbench, rules: rules.map(id => ({ id })) } },
        results: findings.map(finding => toResult(finding, rules, source.address)),
      },
    ],
  };
}

function toResult(
  { id, rule, severity, file, offset, message, remedy, accepted }: IngestFinding,
  rules: readonly string[],
  address: string,
): unknown {
  const uri = (file ?? address).split('/').map(encodeURIComponent).join('/');
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: levels[severity],
    message: { text: remedy === undefined ? message : `${message} ${remedy}` },
    partialFingerprints: { 'aiwbFinding/v1': id },
    ...(file === undefined
      ? {}
      : {
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri },
                ...(offset === undefined ? {} : { region: { byteOffset: offset } }),
              },
            },
          ],
        }),
    ...(accepted === undefined
      ? {}
      : { suppressions: [{ kind: 'external', status: 'accepted', justification: accepted.reason }] }),
  };
}
