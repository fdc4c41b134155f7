// What of a client and a project is archived: work is booked on neither then (engine/timesheets: Known::archived).
import type { Client, Project } from "../api/types";

export interface Archived {
  kind: "client" | "project";
  id: string;
  name: string;
}

/** The project, its client, or the client; the first of them that is archived. */
export function archivedOf(
  said: { client_id: string | null; project_id: string | null },
  clients: Pick<Client, "id" | "name" | "archived">[],
  projects: Pick<Project, "id" | "name" | "archived" | "client_id">[],
): Archived | undefined {
  const project = projects.find((p) => p.id === said.project_id);
  if (project?.archived) return { kind: "project", id: project.id, name: project.name };
  for (const id of [said.client_id, project?.client_id]) {
    const client = clients.find((c) => c.id === id);
    if (client?.archived) return { kind: "client", id: client.id, name: client.name };
  }
  return undefined;
}
