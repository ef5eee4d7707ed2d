import type { DraftCheck } from './control.ts';

/** A subject that policies for AI models speak of, with what can show that it is met. */
interface Topic {
  readonly words: RegExp;
  /** Real evidence that the workbench has at hand. */
  readonly checks?: (sentence: string) => readonly DraftCheck[];
  /** A check that needs names and bars which only a person knows; `ID` stands for the control's id. */
  readonly suggestion?: (sentence: string) => string;
  /** The NIST AI RMF 1.0 subcategory about it. */
  readonly nist?: string;
}

const topics: readonly Topic[] = [
  {
    words:
      /\b(?:fair(?:ness|ly)?|bias(?:es|ed)?|discriminat\w*|parity|protected (?:group|attribute)s?|subgroups?|equal treatment|between groups)\b/i,
    suggestion: sentence =>
      `{id: ID.gap, type: metric, benchmark: NAME, metric: accuracy, statistic: max-gap, slice: COLUMN, assert: {op: "<=", value: ${barIn(sentence)}}}`,
    nist: 'MEASURE 2.11',
  },
  {
    words:
      /\b(?:prompt injections?|jailbreaks?|adversarial\w*|attack(?:s|ed)?|security|secure|vulnerabilit\w+|red[- ]team\w*)\b/i,
    suggestion: sentence =>
      `{id: ID.scan, type: scan, source: garak, select: {probe: promptinject, metric: attack_success_rate}, assert: {op: "<=", value: ${barIn(sentence)}, minSamples: 200}, freshness: P90D}`,
    nist: 'MEASURE 2.7',
  },
  {
    words: /\b(?:robust(?:ness)?|resilien\w+|perturb\w*|typos?|noisy|drift)\b/i,
    suggestion: sentence =>
      `{id: ID.robust, type: metric, benchmark: NAME, metric: accuracy, statistic: worst, slice: COLUMN, assert: {op: ">=", value: ${barIn(sentence)}, minSamples: 200}}`,
    nist: 'MEASURE 2.6',
  },
  {
    words:
      /\b(?:accura\w+|error rates?|precision|recall|performance (?:metric|measure|threshold|test|level|bar)s?|quality of (?:its|the) (?:output|answer)s?)\b/i,
    suggestion: sentence =>
      `{id: ID.figure, type: metric, benchmark: NAME, metric: accuracy, assert: {op: ">=", value: ${barIn(sentence)}, minSamples: 200}}`,
    nist: 'MEASURE 2.5',
  },
  {
    words: /\b(?:personal (?:data|information)|privacy|PII|anonymi[sz]\w+|pseudonymi[sz]\w+|data protection)\b/i,
    checks: sentence =>
      /\b(?:train\w*|data ?sets?|data)\b/i.test(sentence) ? [{ type: 'lineage', require: ['pii-review'] }] : [],
    nist: 'MEASURE 2.10',
  },
  {
    words: /\blicen[cs](?:e[sd]?|ing)\b/i,
    checks: sentence => [
      /\bdata\b|\bdata ?sets?\b/i.test(sentence)
        ? { type: 'lineage', require: ['license'] }
        : { type: 'model-card', path: 'license' },
    ],
    nist: 'MAP 4.1',
  },
  {
    words: /\b(?:provenance|traceab\w+|lineage|reproducib\w+|origin of (?:the|its) (?:model|data))\b/i,
    checks: () => [{ type: 'lineage', require: ['training-run'] }],
    nist: 'MAP 4.1',
  },
  {
    words: /\b(?:leak(?:age)?|held[- ]out|test (?:data|set)s?)\b/i,
    checks: sentence =>
      /\b(?:separate\w*|disjoint|overlap\w*|leak\w*|not (?:be )?(?:used|trained))\b/i.test(sentence)
        ? [{ type: 'lineage', require: ['leakage-free'] }]
        : [],
    nist: 'MEASURE 2.3',
  },
  {
    words: /\b(?:intended (?:use|purpose)s?|model cards?|limitations|out[- ]of[- ]scope)\b/i,
    checks: sentence => [
      { type: 'model-card', path: /\blimitations\b/i.test(sentence) ? '#limitations' : '#intended-use' },
    ],
    nist: 'MAP 1.1',
  },
  {
    words:
      /\b(?:human oversight|human[- ]in[- ]the[- ]loop|human review|overr(?:ide|ule)\w*|manual review|reviewed by (?:a|an) )/i,
    nist: 'MAP 3.5',
  },
  { words: /\b(?:explain\w*|explanations?|interpretab\w+|reasons for)\b/i, nist: 'MEASURE 2.9' },
  {
    words: /\b(?:transparen\w+|disclos\w+|inform(?:ed)? (?:the )?(?:customer|user|person|people)s?)\b/i,
    nist: 'MEASURE 2.8',
  },
  { words: /\b(?:log(?:s|ged|ging)?|monitor\w*|audit trail|record[- ]keeping|incidents?)\b/i, nist: 'MEASURE 2.4' },
];

/** Sentences that ask for something written. */
const asksForWriting =
  /\b(?:document(?:s|ed|ation)?|record(?:s|ed)?|report(?:s|ed)?|written|plans?|procedures?|log(?:s|ged)?|explanations?|evidence|register|inventory|assessments?)\b/i;
const longestText = 1900;

/** What could show that a sentence is met, and what its editor may do about it. */
export function proposeChecks(words: string): {
  readonly checks: readonly DraftCheck[];
  readonly suggestions: readonly string[];
  readonly remarks: readonly string[];
} {
  const found = topics.filter(topic => topic.words.test(words));
  const real = found.flatMap(({ checks }) => checks?.(words) ?? []);
  const suggestions = found.flatMap(({ suggestion }) => (suggestion === undefined ? [] : [suggestion(words)]));
  const nist = [...new Set(found.flatMap(each => (each.nist === undefined ? [] : [each.nist])))];
  return {
    checks: [...mergeLineage(real), personalCheck(words)],
    suggestions,
    remarks: nist.length === 0 ? [] : [`Related in nist-ai-rmf 1.0: ${nist.join(', ')}.`],
  };
}

function personalCheck(words: string): DraftCheck {
  const shown = words.length > longestText ? `${words.slice(0, longestText)}\u2026` : words;
  if (asksForWriting.test(words))
    return { type: 'document', question: `Do the documents show that this is met: \u201C${shown}\u201D?` };
  return {
    type: 'attestation',
    role: 'model-risk reviewer',
    statement: `I have seen that this is met: \u201C${shown}\u201D`,
  };
}

function mergeLineage(checks: readonly DraftCheck[]): DraftCheck[] {
  const required = [...new Set(checks.flatMap(check => (check.type === 'lineage' ? check.require : [])))];
  const others = checks.filter(({ type }) => type !== 'lineage');
  return required.length === 0 ? others : [{ type: 'lineage', require: required }, ...others];
}

const numberWords: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  five: 5,
  ten: 10,
  fifteen: 15,
  twenty: 20,
  fifty: 50,
  ninety: 90,
};

/** The only share a sentence names, as a ratio; a word in its place where it names none, or several. */
function barIn(sentence: string): number | 'BAR' {
  const shares = [
    ...sentence.matchAll(
      /\b(\d{1,3}(?:\.\d{1,4})?|one|two|three|five|ten|fifteen|twenty|fifty|ninety)\s?(?:%|per ?cent\b|percentage points?\b)/gi,
    ),
  ];
  const value = shares.length === 1 ? shares[0]![1]!.toLowerCase() : undefined;
  if (value === undefined) return 'BAR';
  return Math.round((numberWords[value] ?? Number(value)) * 1e4) / 1e6;
}
