/** How much a finding matters: an error keeps the file from being used, a hint is worth a look at most. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** What is known of a kind of finding. */
export interface CodeFacts {
  /** In a few words, for lists of codes. */
  readonly title: string;
  /** What findings of this code are, unless one of them is less or more. */
  readonly severity: Severity;
  /** The text itself cannot be read: neither a setting nor a comment hides it. */
  readonly isSyntax?: true;
  /** Found only by those who know more than the files say: what the store remembers, or what a run would cost. */
  readonly needs?: 'store' | 'estimate';
}

const facts = {
  'yaml-syntax': { title: 'The text is no YAML.', severity: 'error', isSyntax: true },
  'tab-indentation': { title: 'A line is indented with a tab.', severity: 'error', isSyntax: true },
  'duplicate-key': { title: 'A field stands in one mapping twice.', severity: 'error', isSyntax: true },
  'unknown-anchor': { title: 'An alias has no anchor.', severity: 'error', isSyntax: true },
  'anchor-cycle': { title: 'A value contains itself.', severity: 'error', isSyntax: true },
  'too-many-aliases': { title: 'Aliases stand for too much.', severity: 'error', isSyntax: true },
  'too-deep': { title: 'The text is nested too deeply.', severity: 'error', isSyntax: true },
  'too-large': { title: 'The file is too large to be read.', severity: 'error', isSyntax: true },
  'several-documents': { title: 'A second YAML document starts.', severity: 'error', isSyntax: true },
  'unknown-tag': { title: 'A tag means nothing here.', severity: 'warning' },
  'empty-file': { title: 'The file is empty.', severity: 'error' },
  'unknown-field': { title: 'There is no such field.', severity: 'error' },
  'missing-field': { title: 'A field is missing.', severity: 'error' },
  'missing-value': { title: 'A field has no value.', severity: 'error' },
  'wrong-type': { title: 'A value is of the wrong type.', severity: 'error' },
  'not-allowed-value': { title: 'A value is none of those allowed.', severity: 'error' },
  'bad-format': { title: 'A text does not have the form it must have.', severity: 'error' },
  'out-of-range': { title: 'A number is too large or too small.', severity: 'error' },
  'wrong-length': { title: 'A text or list is too long or too short.', severity: 'error' },
  'duplicate-item': { title: 'A list holds the same thing twice.', severity: 'error' },
  'conflicting-fields': { title: 'Two fields exclude each other.', severity: 'error' },
  'unknown-connection': { title: 'No such connection is declared.', severity: 'error' },
  'unknown-platform': { title: 'No such platform is declared.', severity: 'error' },
  'unknown-model': { title: 'A model is not among those of the benchmark.', severity: 'error' },
  'unknown-registered-model': {
    title: 'The registry has no such model or version.',
    severity: 'error',
    needs: 'store',
  },
  'unknown-registry': { title: 'No such registry is declared.', severity: 'error' },
  'duplicate-registry': { title: 'A registry is declared twice.', severity: 'warning' },
  'unknown-checkpoint': { title: 'No tuning job makes this checkpoint.', severity: 'warning', needs: 'store' },
  'missing-file': { title: 'A file that is named is not there.', severity: 'error' },
  'unreadable-file': { title: 'A file that is named cannot be used.', severity: 'error' },
  'unknown-column': { title: 'The dataset has no such column.', severity: 'error' },
  'column-used-twice': { title: 'One column has two parts to play.', severity: 'warning' },
  'missing-split': { title: 'The split is missing or says too little.', severity: 'error' },
  'unknown-value': { title: 'No row of the dataset has this value.', severity: 'warning' },
  'dataset-changed': {
    title: 'The dataset is another than the last run asked.',
    severity: 'information',
    needs: 'store',
  },
  'dataset-digest-mismatch': { title: 'The dataset is not the one that was pinned.', severity: 'error' },
  'metric-unsuitable': { title: 'A metric cannot be measured here.', severity: 'error' },
  'metric-unfit': { title: "A metric does not suit the dataset's targets.", severity: 'warning' },
  'unknown-figure': { title: 'A figure is not computed.', severity: 'error' },
  'unknown-slice': { title: 'A slice is none of the benchmark.', severity: 'error' },
  'unsatisfiable-gate': { title: 'No figure can keep this condition.', severity: 'error' },
  'threshold-out-of-range': { title: 'A threshold lies where no figure can.', severity: 'error' },
  'budget-below-estimate': {
    title: 'A run would cost more than its budget.',
    severity: 'warning',
    needs: 'estimate',
  },
  'unused-field': { title: 'A field does nothing here.', severity: 'information' },
  'prompt-template': { title: 'A template cannot be read.', severity: 'error' },
  'prompt-without-column': { title: 'A prompt shows nothing of the row.', severity: 'warning' },
  'unknown-variable': { title: 'A template reads a column that is not there.', severity: 'warning' },
  'unused-variable': { title: 'A template sets a name that it never reads.', severity: 'hint' },
  'unfilled-placeholder': { title: 'A placeholder stands where none is filled.', severity: 'warning' },
  'unfit-job': { title: 'Parts of a tuning job do not fit together.', severity: 'error' },
  'unfit-platform': { title: 'A platform cannot do what it is declared for.', severity: 'error' },
  'unknown-aspect': { title: 'The tuning job has no such aspect.', severity: 'error' },
  'unknown-benchmark': { title: 'No benchmark has this name.', severity: 'warning' },
  'unknown-policy': { title: 'No policy has this id.', severity: 'error' },
  'ambiguous-policy': { title: 'Several policies have this id.', severity: 'error' },
  'policy-cycle': { title: 'Policies extend one another in a circle.', severity: 'error' },
  'policy-broken': { title: 'A policy that is extended is at fault.', severity: 'error' },
  'version-mismatch': { title: 'A policy has a version outside the range.', severity: 'error' },
  'wider-level': { title: 'A policy extends one of a narrower level.', severity: 'error' },
  'loosened-rule': { title: 'An inherited rule is made looser.', severity: 'error' },
  'conflicting-rules': { title: 'Two inherited rules cannot both hold.', severity: 'error' },
  'duplicate-id': { title: 'A control or check has an id that is taken.', severity: 'error' },
  'incomplete-control': { title: 'A control lacks something.', severity: 'error' },
  'incomplete-check': { title: 'A check lacks something.', severity: 'error' },
  'unknown-control': { title: 'A test names a control that is not there.', severity: 'error' },
  'unknown-check': { title: 'A test names a check that is not there.', severity: 'error' },
  'unknown-framework': { title: 'A framework or its version is not known.', severity: 'error' },
  'ambiguous-framework': { title: 'A version of a framework is described twice.', severity: 'error' },
  'unknown-framework-id': { title: 'A framework has no such id.', severity: 'error' },
  'unknown-result': { title: 'No cell of the notebook gives its result this name.', severity: 'warning' },
  'later-result': { title: 'A result is named only by a later cell.', severity: 'warning' },
  'duplicate-result': { title: 'Two cells give their results one name.', severity: 'warning' },
  'expired-waiver': { title: "A control's waiver has ended, or soon will.", severity: 'warning', needs: 'store' },
  'review-overdue': { title: 'A policy should have been looked at again.', severity: 'warning', needs: 'store' },
  'secret-in-file': { title: 'A secret may stand in the file.', severity: 'warning' },
  'unencrypted-credential': { title: 'A credential would travel unencrypted.', severity: 'warning' },
  'unused-suppression': { title: 'A comment hides nothing.', severity: 'hint' },
} as const satisfies Readonly<Record<string, CodeFacts>>;

/** What is wrong, as a stable code. */
export type DiagnosticCode = keyof typeof facts;

/** Every kind of finding there is; docs/diagnostics.md has a section for each. */
export const diagnosticCodes: Readonly<Record<DiagnosticCode, CodeFacts>> = facts;

export function isDiagnosticCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(facts, text);
}
