// Who may import whom. The folders are described in CONTRIBUTING.md.
const tests = '\\.test\\.ts$';

/** First-party folders a folder may import. */
const allowed = {
  schemas: [],
  engine: ['schemas'],
  platform: ['engine', 'schemas'],
  'language-server': ['engine', 'platform/files', 'schemas'],
  cli: ['engine', 'platform', 'language-server', 'schemas', 'package\\.json'],
  extension: ['schemas', 'engine'],
  webviews: ['schemas'],
  'notebook-renderers': ['schemas', 'webviews/components', 'webviews/shared'],
};

/** The engine's folders from the ground up: each imports itself and floors below its own. */
const floors = [
  ['base', 'statistics'],
  ['people', 'ports', 'templates'],
  ['documents', 'signing'],
  ['datasets', 'edits', 'workspace'],
  ['models'],
  ['metrics'],
  ['reports', 'scoring'],
  ['imports', 'registry'],
  ['audit', 'convert', 'frameworks', 'ingest'],
  ['policies', 'promotion', 'source-documents'],
  ['diagnostics', 'governance', 'policy-starters'],
  ['bundle', 'catalogue', 'policy-tests', 'prompts', 'versions'],
  ['runs'],
  ['evidence', 'tuning'],
  ['comparisons'],
  ['agents', 'notebooks'],
  ['cards', 'run-exports'],
  ['governance-exports'],
  ['handoff'],
];

/** Third-party packages a folder may import. */
const packages = {
  schemas: [],
  engine: [
    'yaml',
    '@huggingface/jinja',
    'semver',
    'markdown-it',
    'hyparquet',
    'hyparquet-compressors',
    'hyparquet-writer',
    '@cfworker/json-schema',
  ],
  platform: ['parse5', 'undici', 'unpdf'],
  'language-server': ['vscode-languageserver', 'vscode-languageserver-textdocument', 'yaml'],
  cli: ['@modelcontextprotocol/server', 'commander', 'picocolors', 'vscode-jsonrpc', 'vscode-languageserver', 'yaml'],
  extension: ['vscode-languageclient', 'vscode-jsonrpc', 'vscode'],
  webviews: ['lit', '@vscode-elements/elements', '@vscode/codicons', 'vega', 'vega-lite', 'vega-interpreter'],
  'notebook-renderers': ['lit', 'vscode-notebook-renderer'],
};

const folderRules = Object.entries(allowed).map(([folder, may]) => ({
  name: `${folder}-first-party`,
  comment: `${folder}/ may import ${may.length === 0 ? 'no other folder' : may.join(', ')}`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: tests },
  to: {
    path: '^(schemas|engine|platform|language-server|cli|extension|webviews|notebook-renderers|test|examples|scripts|package\\.json)',
    pathNot: [`^${folder}/`, ...may.map(name => `^${name}`)],
  },
}));

const floorRules = floors.flatMap((floor, at) =>
  floor.map(folder => ({
    name: `engine-floor-of-${folder}`,
    comment: `engine/${folder}/ may import folders of the floors below it`,
    severity: 'error',
    from: { path: `^engine/${folder}/`, pathNot: tests },
    to: {
      path: '^engine/[^/]+/',
      pathNot: [folder, ...floors.slice(0, at).flat()].map(lower => `^engine/${lower}/`),
    },
  })),
);

const unplaced = {
  name: 'engine-folder-without-floor',
  comment: 'a folder of the engine has its place among the floors',
  severity: 'error',
  from: {},
  to: { path: '^engine/[^/]+/', pathNot: floors.flat().map(folder => `^engine/${folder}/`) },
};

const packageRules = Object.entries(packages).map(([folder, may]) => ({
  name: `${folder}-packages`,
  comment: `${folder}/ may use ${may.length === 0 ? 'no package' : may.join(', ')}`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: tests },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
    pathNot: may.flatMap(name => [`^node_modules/${name}/`, `^node_modules/@types/${name}/`, `^${name}$`]),
  },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-node-in-neutral-code',
      comment: 'schemas/ and engine/ run in any host; webviews and renderers run in a browser',
      severity: 'error',
      from: { path: '^(schemas|engine|webviews|notebook-renderers)/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'vscode-only-in-extension',
      severity: 'error',
      from: { pathNot: '^(extension|test)/' },
      to: { path: '^vscode$' },
    },
    {
      name: 'undici-only-in-platform',
      severity: 'error',
      from: { pathNot: ['^platform/', '^test/bench/'] },
      to: { path: '^(node_modules/)?undici' },
    },
    {
      name: 'extension-imports-engine-types-only',
      severity: 'error',
      from: { path: '^extension/', pathNot: tests },
      to: { path: '^engine/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      from: { pathNot: [tests, '^test/'] },
      to: { path: ['^test/', tests] },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^vscode$' } },
    ...folderRules,
    ...floorRules,
    unplaced,
    ...packageRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.tsbuild|node_modules/.*/node_modules)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
