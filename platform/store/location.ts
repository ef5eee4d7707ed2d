import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { storeRemote } from './failures.ts';

/** A mounted file system, as the operating system lists it. */
export interface Mount {
  readonly point: string;
  readonly type: string;
}

/** File systems on another machine: SQLite's locks do not hold there, or not between machines. */
const remoteTypes = new Set([
  ...['nfs', 'nfs4', 'cifs', 'smb3', 'smbfs', 'afpfs', 'webdav', 'davfs', 'ncpfs', '9p', 'afs', 'ceph', 'lustre'],
  ...['beegfs', 'gpfs', 'glusterfs', 'fuse.glusterfs', 'fuse.sshfs', 'fuse.rclone', 'fuse.s3fs', 'fuse.gcsfuse'],
  ...['fuse.davfs', 'fuse.smbnetfs', 'fuse.ceph', 'fuse.juicefs', 'fuse.goofys', 'fuse.mount-s3', 'osxfuse', 'macfuse'],
]);

/** Throws `store-remote` when `folder` (which may not exist yet) lies on a network mount. */
export function checkLocation(folder: string, mounts: readonly Mount[] = listMounts()): void {
  if (process.platform === 'win32' && /^[\\/]{2}/.test(folder)) throw storeRemote(folder, 'it lies on a network share');
  const mount = findMount(realPath(folder), mounts);
  if (mount === undefined || !remoteTypes.has(mount.type)) return;
  throw storeRemote(folder, `it lies on a network mount (${mount.type} at ${mount.point})`);
}

export function findMount(folder: string, mounts: readonly Mount[]): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const below = mount.point.endsWith('/') ? mount.point : `${mount.point}/`;
    if (folder !== mount.point && !folder.startsWith(below)) continue;
    if (best === undefined || mount.point.length >= best.point.length) best = mount;
  }
  return best;
}

/** Linux: proc_pid_mountinfo(5). Fields are separated by blanks; special characters in a path are octal escapes. */
export function parseMountInfo(text: string): Mount[] {
  return text.split('\n').flatMap(line => {
    const [before, after] = line.split(' - ');
    const point = before?.split(' ')[4];
    const type = after?.split(' ')[0];
    return point === undefined || type === undefined ? [] : [{ point: unescape(point), type }];
  });
}

/** macOS: lines such as `//user@server/share on /Volumes/share (smbfs, nodev)`. */
export function parseMountOutput(text: string): Mount[] {
  return text.split('\n').flatMap(line => {
    const match = / on (\/.*) \(([^,)]+)/.exec(line);
    return match?.[1] === undefined || match[2] === undefined ? [] : [{ point: match[1], type: match[2] }];
  });
}

function listMounts(): Mount[] {
  try {
    if (process.platform === 'linux') return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
    if (process.platform === 'darwin') return parseMountOutput(execFileSync('/sbin/mount', { encoding: 'utf8' }));
  } catch {
    return [];
  }
  return [];
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function realPath(folder: string): string {
  let existing = path.resolve(folder);
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  return path.join(realpathSync(existing), path.relative(existing, path.resolve(folder)));
}
