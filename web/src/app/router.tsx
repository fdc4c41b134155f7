import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiError } from "../api/client";
import { queries } from "../api/queries";
import { speak } from "../i18n";
import { safePath } from "../lib/url";
import { CrashPage, LoadingPage, NotFound } from "./fallbacks";
import { queryClient } from "./queryClient";

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: CrashPage,
});

/** Nobody gets past this without a session: a new server asks for its first person, the others to sign in. */
async function requireSession(here: string) {
  try {
    const { user } = await queryClient.ensureQueryData(queries.session());
    await speak(user.locale);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    if (error.code === "setup_required") throw redirect({ to: "/setup" });
    throw redirect({ to: "/sign-in", search: { return_to: safePath(here) } as never });
  }
}

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: ({ location }) => requireSession(location.href),
  component: lazyRouteComponent(() => import("./Shell"), "Shell"),
  notFoundComponent: NotFound,
});

type Loader = Parameters<typeof lazyRouteComponent>[0];
const page = (path: string, load: Loader, name: string) =>
  createRoute({ getParentRoute: () => app, path, component: lazyRouteComponent(load, name as never) });
const outside = (path: string, load: Loader, name: string) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, name as never) });

const accept = () => import("../features/auth/AcceptInvitation");

const routeTree = root.addChildren([
  outside("/setup", () => import("../features/auth/Setup"), "Setup"),
  outside("/sign-in", () => import("../features/auth/SignIn"), "SignIn"),
  outside("/password/forgot", () => import("../features/auth/ForgotPassword"), "ForgotPassword"),
  outside("/password/reset", () => import("../features/auth/ResetPassword"), "ResetPassword"),
  outside("/invitations/$token", accept, "AcceptInvitation"),
  app.addChildren([
    page("/", () => import("../features/today/Today"), "Today"),
    page("/calendar", () => import("../features/calendar/CalendarPage"), "CalendarPage"),
    page("/timesheet", () => import("../features/timesheet/Timesheet"), "Timesheet"),
    page("/approvals", () => import("../features/approvals/Approvals"), "Approvals"),
    page("/reports", () => import("../features/reports/Reports"), "Reports"),
    page("/clients", () => import("../features/clients/Clients"), "Clients"),
    page("/clients/$id", () => import("../features/clients/ClientPage"), "ClientPage"),
    page("/projects", () => import("../features/projects/Projects"), "Projects"),
    page("/projects/$id", () => import("../features/projects/ProjectPage"), "ProjectPage"),
    page("/rules", () => import("../features/rules/Rules"), "Rules"),
    page("/invoices", () => import("../features/invoices/Invoices"), "Invoices"),
    page("/invoices/new", () => import("../features/invoices/NewInvoice"), "NewInvoice"),
    page("/invoices/$id", () => import("../features/invoices/InvoicePage"), "InvoicePage"),
    page("/integrations", () => import("../features/integrations/Overview"), "Overview"),
    page("/integrations/connect/$provider", () => import("../features/connect/Connect"), "Connect"),
    page("/integrations/callback", () => import("../features/connect/Callback"), "Callback"),
    page("/integrations/calendar", () => import("../features/calendars/Calendars"), "Calendars"),
    page(
      "/integrations/calendar/$id",
      () => import("../features/calendars/CalendarSettings"),
      "CalendarSettings",
    ),
    page("/integrations/sync-status", () => import("../features/sync/SyncStatus"), "SyncStatus"),
    page("/integrations/logs", () => import("../features/logs/Logs"), "Logs"),
    page("/settings", () => import("../features/settings/Settings"), "Settings"),
    page(
      "/settings/availability",
      () => import("../features/availability/AvailabilityPage"),
      "AvailabilityPage",
    ),
    page(
      "/settings/availability/$id",
      () => import("../features/availability/Troubleshooter"),
      "Troubleshooter",
    ),
    page("/settings/billing", () => import("../features/billing/BillingSettings"), "BillingSettings"),
    page("/settings/notifications", () => import("../features/notifications/Notifications"), "Notifications"),
    page("/settings/slack", () => import("../features/slack/SlackSettings"), "SlackSettings"),
    page("/admin", () => import("../features/admin/Admin"), "Admin"),
    page("/settings/api-keys", () => import("../features/apikeys/ApiKeys"), "ApiKeys"),
    page("/settings/members", () => import("../features/members/Members"), "Members"),
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPendingComponent: LoadingPage,
  defaultErrorComponent: CrashPage,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});
