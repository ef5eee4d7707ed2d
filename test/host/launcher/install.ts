import { installServer } from './install-server.ts';

await installServer();
console.log('The VS Code server is installed.');
