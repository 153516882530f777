export { freePort } from '@baton/launcher/process/port.ts';
