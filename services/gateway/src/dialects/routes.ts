import type { App, Deps } from '../context.ts';
import { addBookingRoutes } from './booking/routes.ts';
import { addCrmRoutes } from './crm/routes.ts';
import { addDeskRoutes } from './desk/routes.ts';
import { dialectAt } from './dialects.ts';
import { addPartnerRoutes } from './partner/routes.ts';

export function addDialectRoutes(app: App, deps: Deps): void {
  // Programs that serialize whole objects send null for what they leave out; no dialect has a field in which null says anything.
  app.addHook('preValidation', async ({ url, body }) => {
    if (dialectAt(url) && isObject(body)) for (const [name, value] of Object.entries(body)) if (value === null) delete body[name];
  });
  addPartnerRoutes(app, deps);
  addCrmRoutes(app, deps);
  addBookingRoutes(app, deps);
  addDeskRoutes(app, deps);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
