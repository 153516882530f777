import type { App, Deps } from '../context.ts';
import { addBookingRoutes } from './booking/routes.ts';
import { addCrmRoutes } from './crm/routes.ts';
import { addDeskRoutes } from './desk/routes.ts';
import { dialectAt } from './dialects.ts';
import { leaveOutNulls, spellFlags } from './leniency.ts';
import { addPartnerRoutes } from './partner/routes.ts';

export function addDialectRoutes(app: App, deps: Deps): void {
  app.addHook('preValidation', async ({ url, body, query, routeOptions }) => {
    if (!dialectAt(url)) return;
    leaveOutNulls(body);
    spellFlags(query, routeOptions.schema?.querystring);
  });
  addPartnerRoutes(app, deps);
  addCrmRoutes(app, deps);
  addBookingRoutes(app, deps);
  addDeskRoutes(app, deps);
}
