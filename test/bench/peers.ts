import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './measure.ts';

/** Installs another program beside the product, into a folder git ignores; gives the file that its command runs. */
export function preparePeer(name: string, version: string): string {
  const folder = path.join(root, '.artifacts', 'peers', `${name}-${version}`);
  const manifest = path.join(folder, 'node_modules', name, 'package.json');
  if (!existsSync(manifest)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"private": true}\n');
    console.log(`Installing ${name} ${version} …`);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, npm_config_loglevel: 'error' },
    });
  }
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return path.join(folder, 'node_modules', name, bin[name] ?? '');
}
