import { globSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { repositoryRoot, suiteBundle, suiteFolder } from './paths.ts';

/**
 * Bundles `suite/index.ts` with every `*.test.ts` under `testsFolder` into one CommonJS module, which is what
 * VS Code loads. Mocha stays outside, as a package of the repository.
 */
export async function buildSuite(testsFolder = suiteFolder): Promise<string> {
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: [path.join(suiteFolder, 'index.ts')],
    outfile: suiteBundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    plugins: [collectTests(testsFolder)],
    logLevel: 'warning',
  });
  return suiteBundle;
}

/** Serves the module `host-tests`: a list of functions, each of which loads one test file. */
function collectTests(folder: string): Plugin {
  return {
    name: 'collect-tests',
    setup(setup) {
      setup.onResolve({ filter: /^host-tests$/ }, () => ({ path: 'host-tests', namespace: 'host-tests' }));
      setup.onLoad({ filter: /.*/, namespace: 'host-tests' }, () => {
        const files = globSync('**/*.test.ts', { cwd: folder }).sort();
        const loaders = files.map(file => `() => import(${JSON.stringify(`./${file.split(path.sep).join('/')}`)})`);
        return { contents: `export const testFiles = [${loaders.join(', ')}];`, resolveDir: folder };
      });
    },
  };
}
