// Rules as they are seen from a client or a project.
import type { Project, Rule } from "../../api/types";

/** Mail that anybody can have says nothing about who somebody works for. */
const ANYBODY = new Set([
  "aol.com",
  "gmail.com",
  "gmx.com",
  "gmx.de",
  "gmx.net",
  "googlemail.com",
  "hotmail.com",
  "hotmail.es",
  "icloud.com",
  "live.com",
  "mac.com",
  "me.com",
  "msn.com",
  "outlook.com",
  "outlook.es",
  "proton.me",
  "protonmail.com",
  "web.de",
  "yahoo.com",
  "yahoo.es",
]);

/** The domain that a client's people write from, when their address tells it. */
export function domainOf(email: string | null | undefined): string | undefined {
  const domain = email?.split("@")[1]?.trim().toLowerCase();
  return domain && !ANYBODY.has(domain) ? domain : undefined;
}

/** The rules that book on a client, or on one of its projects. */
export const rulesOfClient = (rules: Rule[], client: string, projects: Pick<Project, "id" | "client_id">[]) =>
  rules.filter((rule) => {
    const project = projects.find((p) => p.id === rule.project_id);
    return !rule.exclude && (rule.client_id === client || project?.client_id === client);
  });

export const rulesOfProject = (rules: Rule[], project: string) =>
  rules.filter((rule) => !rule.exclude && rule.project_id === project);
