/** What one of garak's `owasp:llmNN` tags means. */
export interface OwaspTag {
  /** The id in the edition the tag counts by, which is none of those policies can map to. */
  readonly id: string;
  readonly edition: '2023';
  readonly name: string;
  /** The id of the 2025 edition that took the subject up; absent where none did. */
  readonly in2025?: string;
}

/** The first edition's names, and where the 2025 edition has the subject. Numbers alone would mislead: `llm06` is not `LLM06:2025`. */
const first: readonly (readonly [name: string, in2025?: string])[] = [
  ['Prompt Injection', 'LLM01:2025'],
  ['Insecure Output Handling', 'LLM05:2025'],
  ['Training Data Poisoning', 'LLM04:2025'],
  ['Model Denial of Service', 'LLM10:2025'],
  ['Supply Chain Vulnerabilities', 'LLM03:2025'],
  ['Sensitive Information Disclosure', 'LLM02:2025'],
  ['Insecure Plugin Design'],
  ['Excessive Agency', 'LLM06:2025'],
  ['Overreliance', 'LLM09:2025'],
  ['Model Theft'],
];

/** Reads a garak tag by the first edition's numbering (v1.1 of 2023). Absent for any other tag. */
export function readOwaspTag(tag: string): OwaspTag | undefined {
  const number = Number(/^owasp:llm(\d{2})$/i.exec(tag.trim())?.[1]);
  const known = first[number - 1];
  if (known === undefined) return undefined;
  const [name, in2025] = known;
  const id = `LLM${String(number).padStart(2, '0')}:2023`;
  return { id, edition: '2023', name, ...(in2025 === undefined ? {} : { in2025 }) };
}
