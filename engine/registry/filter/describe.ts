import type { Comparison, FilterTerm, RegistryFilter } from '../../ports/registry-filter.ts';

const words: Readonly<Record<Comparison, string>> = {
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
  '=': 'exactly',
};

/** A filter in words: `status approved or baseline; ttft_p90 below 200; not task ocr`. Empty for a filter without conditions. */
export function describeFilter({ terms }: RegistryFilter): string {
  return terms.map(describeTerm).join('; ');
}

function describeTerm(term: FilterTerm): string {
  switch (term.kind) {
    case 'text':
      return `${not(term)}containing "${term.text}"`;
    case 'field':
      return `${not(term)}${term.field === 'license' ? 'licence' : term.field} ${term.values.join(' or ')}`;
    case 'status':
      return `${not(term)}status ${term.values.join(' or ')}`;
    case 'figure':
      return `${term.figure} ${words[term.comparison]} ${term.value}`;
  }
}

function not(term: { readonly not: boolean }): string {
  return term.not ? 'not ' : '';
}
