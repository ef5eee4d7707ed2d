// Builds every bundle into dist/, and lays the trainer beside them: one options object a bundle. `node scripts/build.mjs [name…] [--production] [--meta]`.
import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const production = process.argv.includes('--production');
const named = process.argv.slice(2).filter(argument => !argument.startsWith('--'));

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  define: { 'process.env.NODE_ENV': '"production"' },
};

/** ES modules on Node need a `require` for the CommonJS packages inside them. */
const nodeModuleBanner = {
  js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
};

/**
 * What only some features of the extension need lies in files of its own, so that activation does not compile it.
 * These are packages and generated code: first-party modules stay in one bundle, for they share state.
 */
const lazyParts = {
  'language-client': 'vscode-languageclient/node',
  'json-rpc': 'vscode-jsonrpc/node',
  validators: './schemas/generated/validators.js',
};

const keepLazyPartsOutside = {
  name: 'keep-lazy-parts-outside',
  setup(build) {
    for (const [name, specifier] of Object.entries(lazyParts)) {
      const ending = specifier.replace(/^\.\//, '').replace(/[.]/g, '\\.');
      build.onResolve({ filter: new RegExp(`(^|/)${ending}$`) }, () => ({
        path: `./extension-parts/${name}.cjs`,
        external: true,
      }));
    }
  },
};

/**
 * The protocol library compiles JSON Schemas for checks that our tools do themselves. This takes its interpreting validator in place of that
 * compiler: no code is made at run time, and a third of the library stays out of the bundle.
 */
const withoutSchemaCompiler = {
  name: 'without-schema-compiler',
  setup(build) {
    build.onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({ path: 'shims', namespace: 'mcp' }));
    build.onLoad({ filter: /^shims$/, namespace: 'mcp' }, () => ({
      contents: [
        "export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';",
        "export { default as process } from 'node:process';",
      ].join('\n'),
      resolveDir: root,
    }));
  },
};

const bundles = {
  /** `aiwb`: the command line, the engine process and the language server, with the workers of the store and of documents beside it. */
  cli: {
    entryPoints: {
      aiwb: 'cli/main.ts',
      'document-worker': 'platform/documents/worker.ts',
      'store-worker': 'platform/store/worker.ts',
    },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node24',
    splitting: true,
    chunkNames: 'aiwb-chunks/[name]-[hash]',
    banner: nodeModuleBanner,
    plugins: [withoutSchemaCompiler],
  },
  /** The verifier that goes into proof bundles: one file that people can read, and that older Nodes run. */
  verifier: {
    entryPoints: { verify: 'cli/proof/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: false,
    sourcemap: false,
    banner: {
      js: '// Verifies proof bundles of AI Workbench. Needs Node 20 or later and nothing else: see README.txt.',
    },
  },
  extension: {
    entryPoints: { extension: 'extension/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    external: ['vscode'],
    plugins: [keepLazyPartsOutside],
  },
  /** The thread that reads exported runs for their editor. */
  'run-file-worker': {
    entryPoints: { 'run-file-worker': 'extension/exported/worker.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node24',
  },
  'extension-parts': {
    entryPoints: lazyParts,
    outdir: 'dist/extension-parts',
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    external: ['vscode'],
  },
  webviews: {
    entryPoints: {
      prompt: 'webviews/prompt/main.ts',
      report: 'webviews/report/main.ts',
      scorecard: 'webviews/scorecard/main.ts',
      tuning: 'webviews/tuning/main.ts',
      version: 'webviews/version/main.ts',
    },
    outdir: 'dist/webviews',
    platform: 'browser',
    format: 'esm',
    target: 'es2024',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    loader: { '.ttf': 'file' },
  },
  /** The same pages as one classic script each, to be inlined into self-contained HTML files. */
  'standalone-pages': {
    entryPoints: {
      'prompt-standalone': 'webviews/prompt/main.ts',
      'report-standalone': 'webviews/report/main.ts',
      'scorecard-standalone': 'webviews/scorecard/main.ts',
      'tuning-standalone': 'webviews/tuning/main.ts',
    },
    outdir: 'dist/webviews',
    platform: 'browser',
    format: 'iife',
    target: 'es2024',
    // It travels inside every exported page.
    minify: true,
    sourcemap: false,
    loader: { '.ttf': 'dataurl' },
  },
  renderers: {
    entryPoints: { run: 'notebook-renderers/main.ts' },
    outdir: 'dist/renderers',
    platform: 'browser',
    format: 'esm',
    target: 'es2024',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  },
};

/** The trainer as it is, without its tests: a Python program needs no bundling. */
async function copyTrainer() {
  const [from, to] = [path.join(root, 'trainer'), path.join(root, 'dist', 'trainer')];
  await rm(to, { recursive: true, force: true });
  await cp(path.join(from, 'aiwb_trainer'), path.join(to, 'aiwb_trainer'), {
    recursive: true,
    filter: source => path.basename(source) !== '__pycache__',
  });
  await copyFile(path.join(from, 'requirements.txt'), path.join(to, 'requirements.txt'));
}

const chosen = named.length > 0 ? named.filter(name => name !== 'trainer') : Object.keys(bundles);
await import('./generate.mjs');
if (named.length === 0) await rm(path.join(root, 'dist'), { recursive: true, force: true });
await mkdir(path.join(root, 'dist'), { recursive: true });
if (named.length === 0 || named.includes('trainer')) await copyTrainer();
for (const name of chosen) {
  const options = bundles[name];
  if (options === undefined)
    throw new Error(`No bundle is called "${name}". There are: ${[...Object.keys(bundles), 'trainer'].join(', ')}.`);
  const result = await build({ ...common, ...options });
  if (process.argv.includes('--meta')) {
    await writeFile(path.join(root, 'dist', `${name}.meta.json`), JSON.stringify(result.metafile));
  }
}
