// Whether time is billed: what somebody says, else what is known of the entry or the draft, else what the project says.
// The server decides alike; here it is only shown before it is sent.

interface Project {
  id: string;
  billable: boolean;
}
interface Booked {
  client_id: string | null;
  project_id: string | null;
}

/** What a project says of its time. Time without a project is billed. */
export const projectSays =
  (projects: Project[]) =>
  (id: string | null): boolean =>
    projects.find((p) => p.id === id)?.billable ?? true;
export type Says = ReturnType<typeof projectSays>;

/**
 * Of an entry that is put on another project: it follows that project, unless it was not as its project said before,
 * because somebody had decided so.
 */
export function entryBillable(
  said: boolean | null,
  project_id: string | null,
  entry: { project_id: string | null; billable: boolean } | undefined,
  says: Says,
): boolean {
  if (said !== null) return said;
  if (!entry) return says(project_id);
  const moved = entry.project_id !== project_id;
  return moved && entry.billable === says(entry.project_id) ? says(project_id) : entry.billable;
}

/** Of a meeting: as suggested for what was suggested; booked on something else, as that project says, but never twice unasked. */
export function draftBillable(
  said: boolean | null,
  booked: Booked,
  draft: Booked & { billable: boolean; billed_by_member_id: string | null },
  says: Says,
): boolean {
  if (said !== null) return said;
  const asSuggested = booked.client_id === draft.client_id && booked.project_id === draft.project_id;
  return asSuggested ? draft.billable : says(booked.project_id) && !draft.billed_by_member_id;
}
