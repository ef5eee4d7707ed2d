import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

/** Validators of published schemas, as the packages that publish them carry them. */

const packages = new URL('../../node_modules/', import.meta.url);

/** SARIF 2.1.0, the schema of the OASIS standard. */
export const validateSarif = (() => {
  // One pattern of the schema is no regular expression in Unicode mode. It is of draft 4, of which it uses nothing that later ones lack.
  const ajv = createAjv({ unicodeRegExp: false });
  const schema = read('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  return explain(ajv.compile({ ...schema, $schema: undefined, id: undefined }));
})();

type Validate = (value: unknown) => readonly string[];

/** Compiling them takes seconds. */
const compiled = new Map<string, Validate>();

/** A version of CycloneDX. */
export function validateCycloneDx(version: '1.6' | '1.7'): Validate {
  const made = compiled.get(version) ?? compileCycloneDx(version);
  compiled.set(version, made);
  return made;
}

function compileCycloneDx(version: string): Validate {
  const ajv = createAjv({});
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema({ ...readCycloneDx(name), $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json` });
  return explain(ajv.compile(readCycloneDx(`bom-${version}`)));
}

function readCycloneDx(name: string): object {
  return read(`@cyclonedx/cyclonedx-library/res/schema/${name}.SNAPSHOT.schema.json`);
}

function read(name: string): object {
  return JSON.parse(readFileSync(new URL(name, packages), 'utf8')) as object;
}

/** The schemas carry keywords of their own, such as `meta:enum`. */
function createAjv(options: { readonly unicodeRegExp?: boolean }): Ajv {
  const isReference = (text: string): boolean =>
    URL.canParse(text, 'https://x.example/') && !/[\s<>"{}|\\^`]/.test(text);
  return new Ajv({
    ...options,
    strict: false,
    allErrors: true,
    formats: {
      'date-time': text => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text)),
      date: text => !Number.isNaN(Date.parse(text)),
      uri: text => URL.canParse(text),
      'uri-reference': isReference,
      'iri-reference': isReference,
      'idn-email': /^[^\s@]+@[^\s@]+$/,
      email: /^[^\s@]+@[^\s@]+$/,
      regex: true,
      time: true,
      string: true,
    },
  });
}

function explain(validate: ReturnType<Ajv['compile']>): Validate {
  return value => {
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  };
}
