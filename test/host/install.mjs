import { runOnNode24 } from './node24.mjs';

await runOnNode24(new URL('./launcher/install.ts', import.meta.url));
