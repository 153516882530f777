import type { App, Deps } from '../context.ts';
import { addBookingRoutes } from './booking/routes.ts';
import { addCrmRoutes } from './crm/routes.ts';
import { addDeskRoutes } from './desk/routes.ts';
import { addPartnerRoutes } from './partner/routes.ts';

export function addDialectRoutes(app: App, deps: Deps): void {
  addPartnerRoutes(app, deps);
  addCrmRoutes(app, deps);
  addBookingRoutes(app, deps);
  addDeskRoutes(app, deps);
}
