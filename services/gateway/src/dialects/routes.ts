import type { App, Deps } from '../context.ts';
import { addCrmRoutes } from './crm/routes.ts';
import { addPartnerRoutes } from './partner/routes.ts';

export function addDialectRoutes(app: App, deps: Deps): void {
  addPartnerRoutes(app, deps);
  addCrmRoutes(app, deps);
}
